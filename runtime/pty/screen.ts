import { stat } from 'node:fs/promises';
import type { Terminal } from '@xterm/headless';
import { err, ok, type Result } from '../result.ts';
import type { TerminalSize } from './cast-format.ts';
import { findTail, RecordingReader } from './recording-reader.ts';

/** What a session's screen shows at an offset of its output. */
export type Screen = TerminalSize & {
  /** The visible lines without attributes, trailing blanks removed, joined by line feeds. */
  readonly text: string;
  /** Escape sequences that paint screen and scrollback in an empty terminal of this size. */
  readonly ansi: string;
  /** The window title the program set last, '' without one. */
  readonly title: string;
  /** Logical offset up to which output is shown. */
  readonly offset: number;
};

/** A longer recording is taken up this far before its end: older output rarely shows, and parsing has its price. */
const MAX_REPLAY_BYTES = 8 * 1024 * 1024;

/** Lines above the screen that late attachers get. */
const SCROLLBACK_LINES = 1000;

/** Screens kept to go on from. Each costs up to a few megabytes. */
const MAX_KEPT_SCREENS = 8;

/** Why there is no screen. */
export type ScreenFailure = {
  readonly kind: 'no_recording';
  readonly file: string;
  readonly message: string;
};

/**
 * Rebuilds screens from recordings, off the path of the bytes. The most recently used screens are kept as live
 * terminals, so that asking again costs only what was printed since.
 */
export class Screens {
  readonly #kept = new Map<string, LiveScreen>();

  /** The screen of a recording, as far as it has been written. Calls for one recording run one after another. */
  async screen(recordingFile: string): Promise<Result<Screen, ScreenFailure>> {
    const live = this.#kept.get(recordingFile) ?? new LiveScreen(recordingFile);
    this.#kept.delete(recordingFile);
    this.#kept.set(recordingFile, live);
    this.#evict();
    try {
      return ok(await live.update());
    } catch (error) {
      this.forget(recordingFile);
      // Only the file system's errors are expected here.
      if (!(error instanceof Error && 'code' in error)) throw error;
      return err({ kind: 'no_recording', file: recordingFile, message: error.message });
    }
  }

  /** Forgets a recording's screen. */
  forget(recordingFile: string): void {
    this.#kept.get(recordingFile)?.dispose();
    this.#kept.delete(recordingFile);
  }

  /** Forgets all. */
  dispose(): void {
    for (const file of [...this.#kept.keys()]) this.forget(file);
  }

  #evict(): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT_SCREENS && oldest !== undefined) this.forget(oldest);
  }
}

type Emulator = { readonly terminal: Terminal; readonly serialize: () => string };

class LiveScreen {
  readonly #file: string;
  #emulator: Emulator | null = null;
  #reader: RecordingReader | null = null;
  #title = '';
  #turn: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  update(): Promise<Screen> {
    const updated = this.#turn.then(() => this.#update());
    this.#turn = updated.catch(() => {});
    return updated;
  }

  dispose(): void {
    this.#turn = this.#turn.then(async () => {
      this.#emulator?.terminal.dispose();
      this.#emulator = null;
      await this.#reader?.close();
      this.#reader = null;
    });
  }

  async #update(): Promise<Screen> {
    this.#emulator ??= await this.#createEmulator();
    this.#reader ??= await RecordingReader.open(this.#file, await findTail(this.#file, MAX_REPLAY_BYTES));
    const emulator = this.#emulator;
    const reader = this.#reader;
    // As long as it is at this moment: a program that prints faster than we read would keep us forever.
    const { size } = await stat(this.#file);
    while (reader.filePosition < size) {
      const event = await reader.next();
      if (event === null) break;
      if (event.kind === 'size') emulator.terminal.resize(event.size.cols, event.size.rows);
      else await written(emulator.terminal, event.bytes);
    }
    return this.#snapshot(emulator, reader.offset);
  }

  /** Loaded with the first screen: most processes that import this file never need one. */
  async #createEmulator(): Promise<Emulator> {
    const [headless, addon] = await Promise.all([
      import('@xterm/headless'),
      import('@xterm/addon-serialize'),
    ]);
    const { Terminal: HeadlessTerminal } = exportsOf(headless);
    const { SerializeAddon } = exportsOf(addon);
    const terminal = new HeadlessTerminal({ allowProposedApi: true, scrollback: SCROLLBACK_LINES });
    const serializer = new SerializeAddon();
    // The addon is typed against the browser's Terminal; it uses nothing that the headless one lacks.
    terminal.loadAddon(serializer as unknown as Parameters<Terminal['loadAddon']>[0]);
    terminal.onTitleChange(title => {
      this.#title = title;
    });
    return { terminal, serialize: () => serializer.serialize() };
  }

  #snapshot({ terminal, serialize }: Emulator, offset: number): Screen {
    const { active } = terminal.buffer;
    const lines = Array.from({ length: terminal.rows }, (_, row) => {
      return active.getLine(active.baseY + row)?.translateToString(true) ?? '';
    });
    const text = lines.join('\n').trimEnd();
    return { cols: terminal.cols, rows: terminal.rows, text, ansi: serialize(), title: this.#title, offset };
  }
}

/** Node sees these packages as CommonJS, with a default export only; a bundler takes their ES modules, which have none. */
function exportsOf<T extends object>(module: T | { readonly default: T }): T {
  return 'default' in module ? module.default : module;
}

function written(terminal: Terminal, bytes: Uint8Array): Promise<void> {
  return new Promise(resolve => terminal.write(bytes, resolve));
}
