/**
 * The journal of a run: one event a line (NDJSON), appended and flushed to disk before an event is acted on or shown.
 * Events that arrive while the disk is busy share one flush, so 1,000 workers cost little more than one.
 */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import type { RunEvent } from './events.ts';
import { type JournalFailure, parseJournal } from './journal-text.ts';

/** Only the user may read journals: prompts, answers and paths stand in them. */
const MODE = 0o600;

/** An open journal file. One process writes it at a time. */
export class Journal implements AsyncDisposable {
  readonly file: string;
  readonly #handle: FileHandle;
  /** Bytes that are complete and on disk; whatever stands behind them is torn. */
  #length: number;
  #isTorn = false;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  private constructor(file: string, handle: FileHandle, length: number) {
    this.file = file;
    this.#handle = handle;
    this.#length = length;
  }

  /** Makes the journal of a new run. An existing file is a failure. */
  static async create(file: string): Promise<Result<Journal, JournalFailure>> {
    return await attempt(file, async () => {
      const handle = await open(file, 'wx+', MODE);
      await syncDirectory(dirname(file));
      return ok(new Journal(file, handle, 0));
    });
  }

  /** Opens the journal of an earlier run to go on with it, and cuts off a torn last line. */
  static async open(
    file: string,
  ): Promise<Result<{ readonly journal: Journal; readonly events: readonly RunEvent[] }, JournalFailure>> {
    return await attempt(file, async () => {
      const handle = await open(file, 'r+', MODE);
      const read = parseJournal(file, await handle.readFile());
      if (!read.ok) {
        await handle.close();
        return read;
      }
      const { events, length } = read.value;
      await handle.truncate(length);
      return ok({ journal: new Journal(file, handle, length), events });
    });
  }

  /** Reads a journal that another process may be writing. */
  static async read(file: string): Promise<Result<readonly RunEvent[], JournalFailure>> {
    return await attempt(file, async () => {
      await using handle = await open(file, 'r');
      const read = parseJournal(file, await handle.readFile());
      return read.ok ? ok(read.value.events) : read;
    });
  }

  /**
   * Appends events; done once they are on disk. After a failure (a full disk) none of them count, nor those appended
   * meanwhile, and the caller may append them again later.
   */
  append(events: readonly RunEvent[]): Promise<Result<void, JournalFailure>> {
    const text = events.map(event => `${JSON.stringify(event)}\n`).join('');
    return new Promise(resolve => {
      this.#waiting.push({ text, resolve });
      this.#flushing ??= this.#flush();
    });
  }

  /** Waits for what is being written and closes the file. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const done = await attempt(this.file, () => this.#write(batch.map(({ text }) => text).join('')));
      // What was queued behind a failed batch would leave a gap in the numbers: it fails with it.
      if (!done.ok) batch.push(...this.#waiting.splice(0));
      for (const { resolve } of batch) resolve(done);
    }
    this.#flushing = undefined;
  }

  async #write(text: string): Promise<Result<void, JournalFailure>> {
    if (this.#isTorn) await this.#handle.truncate(this.#length);
    this.#isTorn = true;
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) {
      const position = this.#length + written;
      written += (await this.#handle.write(bytes, written, bytes.length - written, position)).bytesWritten;
    }
    await this.#handle.datasync();
    this.#length += bytes.length;
    this.#isTorn = false;
    return ok(undefined);
  }
}

interface Waiting {
  readonly text: string;
  readonly resolve: (result: Result<void, JournalFailure>) => void;
}

/** Turns errors of the file system into failures; anything else is a bug and goes on. */
async function attempt<T>(
  file: string,
  act: () => Promise<Result<T, JournalFailure>>,
): Promise<Result<T, JournalFailure>> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    const { message } = error;
    return err({ kind: isFull ? 'disk-full' : 'io', file, code: error.code, message });
  }
}

/** Without this a new file can be lost with its directory entry. Windows has no such call, and journals its entries. */
async function syncDirectory(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(dir, 'r');
  await handle.sync();
}
