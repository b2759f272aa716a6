import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { err, ok, type Result } from '../result.ts';

/** Largest text that a connector file may bring in by path: prompts, schemas, flows. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** Reads a UTF-8 text of at most {@link MAX_TEXT_BYTES}; the failure says for people why not. A leading BOM is dropped. */
export async function readText(file: string): Promise<Result<string, string>> {
  try {
    // Looked at before it is opened: opening a pipe would wait for its other end.
    const info = await stat(file);
    if (!info.isFile()) return err(info.isDirectory() ? 'it is a directory' : 'it is not a file');
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(file, { end: MAX_TEXT_BYTES })) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (bytes.length > MAX_TEXT_BYTES) return err('it is larger than 4 MB');
    return ok(decoder.decode(bytes));
  } catch (error) {
    return err(reasonOf(error));
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'it is not UTF-8 text';
  // Whatever else open, stat and read throw is a NodeJS.ErrnoException.
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      return message;
  }
}
