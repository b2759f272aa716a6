/** Prints what is left of a session that has ended: the end of its recording. */
import { StringDecoder } from 'node:string_decoder';
import { findTail, RecordingReader } from '../../runtime/pty/recording-reader.ts';
import type { Lane } from './frames.ts';
import { withoutQueries } from './without-queries.ts';

/** Where to print. */
export interface Printing {
  readonly lane: Lane;
  /** Called once, before anything is printed. */
  begin(): void;
  isClosed(): boolean;
}

/** Prints about the last `maxBytes` of a recording; false if it cannot be read. */
export async function printRecording(file: string, maxBytes: number, printing: Printing): Promise<boolean> {
  try {
    const reader = await RecordingReader.open(file, await findTail(file, maxBytes));
    printing.begin();
    await print(reader, printing);
    await reader.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

async function print(reader: RecordingReader, { lane, isClosed }: Printing): Promise<void> {
  const decoder = new StringDecoder('utf8');
  for (let event = await reader.next(); event !== null && !isClosed(); event = await reader.next()) {
    if (event.kind !== 'output') continue;
    lane.push(withoutQueries(decoder.write(event.bytes)));
    await lane.room();
  }
}
