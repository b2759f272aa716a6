import { type FileHandle, open } from 'node:fs/promises';
import type { PtyFailure } from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import type { SessionHost } from './session-host.ts';

/** Output of a session by offset, from its first byte: what a reader is fed from, also after a restart. */
export interface OutputSource extends AsyncDisposable {
  /** At most `maxBytes` from `from`; empty where nothing is there yet. */
  read(from: number, maxBytes: number): Promise<Result<Uint8Array, PtyFailure>>;
}

/** Output of a terminal, kept by the PTY host. */
export function terminalOutput(host: SessionHost, id: string): OutputSource {
  return {
    async read(from, maxBytes) {
      const piece = await host.read(id, from, maxBytes);
      return piece.ok ? ok(piece.value.bytes) : piece;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Raw stdout of a piped session: the host writes it to a file, which is read in place. */
export function fileOutput(file: string): OutputSource {
  let handle: FileHandle | undefined;
  return {
    async read(from, maxBytes) {
      try {
        handle ??= await open(file, 'r');
        const buffer = Buffer.allocUnsafe(maxBytes);
        const { bytesRead } = await handle.read(buffer, 0, maxBytes, from);
        return ok(buffer.subarray(0, bytesRead));
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        return err({ kind: 'output_lost', from, available: from, message: words });
      }
    },
    async [Symbol.asyncDispose]() {
      await handle?.close();
    },
  };
}

/** The last bytes of a file as text; empty if there is no such file. */
export async function fileTail(file: string, maxBytes: number): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const length = Math.min(size, maxBytes);
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
