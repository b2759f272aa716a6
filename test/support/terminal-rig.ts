/** A program on a real terminal, as a person has it: keys go in, the screen is what an emulator shows. */
import headless from '@xterm/headless';
import * as nodePty from 'node-pty';
import { eventually, within } from './wait.ts';

/** What to start, and where. */
export interface TerminalCall {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cols?: number;
  readonly rows?: number;
}

/** A running program and its screen. */
export class TerminalRig {
  readonly #pty: nodePty.IPty;
  readonly #emulator: headless.Terminal;
  readonly #exit: Promise<number>;
  #hasEnded = false;
  /** Everything the program wrote, escape sequences included. */
  raw = '';

  constructor({ argv, cwd, env, cols = 100, rows = 30 }: TerminalCall) {
    const [program = '', ...args] = argv;
    this.#emulator = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 10_000 });
    this.#pty = nodePty.spawn(program, args, { cwd, env: { ...env }, cols, rows, name: 'xterm-256color' });
    this.#pty.onData(data => {
      this.raw += data;
      this.#emulator.write(data);
    });
    this.#exit = new Promise(resolve => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#hasEnded = true;
        resolve(signal ? 128 + signal : exitCode);
      });
    });
  }

  /** The visible screen and what scrolled out above it, as text. */
  get text(): string {
    const buffer = this.#emulator.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  }

  /** Types keys. */
  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** Changes the size of the window. */
  resize(cols: number, rows: number): void {
    this.#emulator.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  /** Waits until the screen shows what is looked for. */
  async sees(wanted: RegExp): Promise<void> {
    await eventually(() => wanted.test(this.text), { what: String(wanted), seen: () => this.text });
  }

  /** Waits until what was written, escape sequences included, holds what is looked for. */
  async wrote(wanted: RegExp): Promise<void> {
    await eventually(() => wanted.test(this.raw), {
      what: String(wanted),
      seen: () => JSON.stringify(this.raw.slice(-4000)),
    });
  }

  /** Waits for the program's end; gives its exit code, 128 + n for a signal. */
  ended(): Promise<number> {
    return within(this.#exit, { what: 'the end of the program', seen: () => this.text });
  }

  [Symbol.dispose](): void {
    if (!this.#hasEnded) this.#pty.kill('SIGKILL');
    this.#emulator.dispose();
  }
}
