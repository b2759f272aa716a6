/** The end of what a worker's session printed, from its recording. */
import { stripVTControlCharacters } from 'node:util';
import { findTail, RecordingReader } from '../../runtime/pty/recording-reader.ts';

/** Of the recording: escapes and position lines make it larger than what was printed. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Of the output, in bytes: errors are at its end. */
const MAX_BYTES = 200 * 1024;

/** The last 200 KB of a recording as plain text; empty if it cannot be read. */
export async function readOutputTail(recording: string): Promise<string> {
  try {
    return stripVTControlCharacters((await readTail(recording)).toString('utf8'));
  } catch {
    // Recordings are removed with their run, and may be cut off by a full disk.
    return '';
  }
}

async function readTail(recording: string): Promise<Buffer> {
  const reader = await RecordingReader.open(recording, await findTail(recording, MAX_FILE_BYTES));
  let kept: Buffer[] = [];
  let bytes = 0;
  try {
    for (let event = await reader.next(); event !== null; event = await reader.next()) {
      if (event.kind !== 'output') continue;
      kept.push(event.bytes);
      bytes += event.bytes.length;
      if (bytes < 2 * MAX_BYTES) continue;
      kept = [Buffer.concat(kept).subarray(-MAX_BYTES)];
      bytes = MAX_BYTES;
    }
  } finally {
    await reader.close();
  }
  return Buffer.concat(kept).subarray(-MAX_BYTES);
}
