import type { Recorder } from './recorder.ts';
import { RecordingReader } from './recording-reader.ts';

/** Reads output that is no longer in memory back from the recording, in order, for one reader. */
export class RecordedSource {
  readonly #recorder: Recorder;
  readonly #file: string;
  #reader: RecordingReader | null = null;

  constructor(recorder: Recorder, file: string) {
    this.#recorder = recorder;
    this.#file = file;
  }

  /** Output from offset `from`, one recorded piece; null when the recording does not have it. */
  async read(from: number): Promise<Buffer | null> {
    try {
      const reader = await this.#readerAt(from);
      for (let event = await reader.next(); event !== null; event = await reader.next()) {
        if (event.kind !== 'output' || event.offset + event.bytes.length <= from) continue;
        return event.offset <= from ? event.bytes.subarray(from - event.offset) : null;
      }
    } catch {
      // A recording that was deleted or damaged has nothing to give; the caller says so to its viewer.
    }
    return null;
  }

  /** Closes the file. */
  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = null;
    await reader?.close();
  }

  async #readerAt(from: number): Promise<RecordingReader> {
    if (this.#reader !== null && this.#reader.offset <= from) return this.#reader;
    await this.close();
    this.#reader = await RecordingReader.open(this.#file, this.#recorder.positionBefore(from));
    return this.#reader;
  }
}
