import { readFrom } from './read-from.ts';
import type { Clock } from './session-host.ts';

/** A CLI's stderr is looked at so often: nobody tells when it grows. */
const POLL_MS = 1000;
const READ_BYTES = 64 * 1024;

/** Tells what is written into a piped session's stderr file, from its first byte, until disposed. */
export function followErrors(clock: Clock, file: string, onText: (text: string) => void): Disposable {
  const decoder = new TextDecoder();
  let offset = 0;
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
