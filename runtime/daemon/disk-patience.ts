/** A full disk stops nobody for good: writing waits until there is room (design: nothing crashes, nothing is lost). */
import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from './run-dir.ts';

const RETRY_MS = 1_000;

/** Does what writes files, again and again while the disk is full. Undefined: aborted before it worked. */
export async function whenDiskHasRoom<T>(
  write: () => Promise<T>,
  signal: AbortSignal,
  onFull: (error: Error) => void,
): Promise<T | undefined> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof Error) || !isErrno(error, 'ENOSPC', 'EDQUOT')) throw error;
      if (isFirst) onFull(error);
      await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return undefined;
    }
  }
}
