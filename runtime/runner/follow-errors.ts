import { readFrom } from './read-from.ts';
import type { Clock } from './session-host.ts';

/** A CLI's errors are looked at so often: nobody tells when it grows. */
const POLL_MS = 1000;
const READ_BYTES = 64 * 1024;

/** What is read: a piped session's stderr, or a file of the CLI's own. */
export interface ErrorsFile {
  readonly file: string;
  /** So many bytes at its beginning are passed over. */
  readonly from: number;
}

/** Tells what is written into the file, until disposed. */
export function followErrors(
  clock: Clock,
  { file, from }: ErrorsFile,
  onText: (text: string) => void,
): Disposable {
  const decoder = new TextDecoder();
  let offset = from;
  let isOver = false;
  let timer = clock.after(POLL_MS, () => void look());
  async function look(): Promise<void> {
    const piece = await readFrom(file, offset, READ_BYTES);
    if (isOver) return;
    offset += piece.length;
    if (piece.length > 0) onText(decoder.decode(piece, { stream: true }));
    timer = clock.after(piece.length === READ_BYTES ? 0 : POLL_MS, () => void look());
  }
  return {
    [Symbol.dispose]() {
      isOver = true;
      timer[Symbol.dispose]();
    },
  };
}
