/** A real CLI in a real terminal, everything it prints and tells noted with its time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type IPty, spawn } from 'node-pty';
import { readScreen } from '../../runtime/agents/terminal/screen-rules.ts';
import type { TerminalPlace } from '../../runtime/agents/terminal/terminal-cli.ts';
import { plainText } from '../../runtime/agents/terminal-text.ts';
import { QueryScanner } from '../../runtime/pty/terminal-queries.ts';
import { localServer } from '../../runtime/runner/local-server.ts';
import { systemClock } from '../../runtime/runner/session-host.ts';
import { type OpenChannels, openChannels } from '../../runtime/runner/terminal-channels.ts';
import { CONVERSATION, type RealProgram } from './real-programs.ts';
import type { RecordedEvent, TrueState } from './recording.ts';
import { screensOf } from './screens.ts';

/** Size of all recorded terminals. */
export const SIZE = { cols: 100, rows: 30 } as const;

/** What is started. */
export interface RealTerminalOptions {
  readonly program: RealProgram;
  /** Path of the CLI. */
  readonly path: string;
  /** Absolute; holds home, project and channels. Not in the system's temporary folder: codex and gemini refuse it. */
  readonly folder: string;
  readonly apiUrl: string;
  readonly mode: 'full' | 'ask';
  /** Without what answers dialogs beforehand. */
  readonly hasDialogs: boolean;
  readonly pathVariable: string;
}

/** One run of a CLI. Disposing kills it. */
export class RealTerminal implements Disposable {
  readonly events: RecordedEvent[] = [];
  readonly #startedAt = performance.now();
  /** The same moment on the clock of the model API's log. */
  readonly #startedDate = Date.now();
  readonly #pty: IPty;
  readonly #program: RealProgram;
  readonly #place: TerminalPlace;
  #channels: OpenChannels | undefined;
  #lastOutputAt = 0;
  #hasExited = false;

  private constructor(program: RealProgram, place: TerminalPlace, pty: IPty) {
    this.#program = program;
    this.#place = place;
    this.#pty = pty;
    const scanner = new QueryScanner();
    // node-pty gives bytes with encoding null, whatever its types say.
    pty.onData((data: unknown) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.from(String(data));
      this.#lastOutputAt = this.now();
      this.events.push({ at: this.now(), kind: 'output', bytes });
      const answers = scanner.answersTo(bytes, false);
      if (answers !== '') pty.write(answers);
    });
    pty.onExit(({ exitCode, signal }) => {
      this.#hasExited = true;
      const isSignal = signal !== undefined && signal !== 0;
      this.events.push({
        at: this.now(),
        kind: 'exit',
        code: isSignal ? null : exitCode,
        signal: isSignal ? String(signal) : null,
      });
    });
  }

  static async start(options: RealTerminalOptions): Promise<RealTerminal> {
    const { program, folder, apiUrl, mode, path } = options;
    const [home, cwd, channelFolder] = ['home', 'project', 'channels'].map(name => join(folder, name));
    if (home === undefined || cwd === undefined || channelFolder === undefined)
      throw new Error('unreachable');
    for (const dir of [home, cwd, channelFolder]) mkdirSync(dir, { recursive: true, mode: 0o700 });
    const base = {
      ...program.prepare(home, apiUrl, mode),
      ...{
        PATH: options.pathVariable,
        HOME: home,
        LANG: 'C.UTF-8',
        TERM: 'xterm-256color',
        COLORTERM: 'truecolor',
      },
    };
    const server = program.terminal.needsServer === true ? { server: await localServer(channelFolder) } : {};
    const { platform } = process;
    const told = { conversation: CONVERSATION, ...server };
    const place: TerminalPlace = { folder: channelFolder, cwd, env: base, platform, ...told };
    const setUp = program.terminal.setUp(place);
    for (const file of setUp.files) {
      mkdirSync(dirname(file.path), { recursive: true });
      writeFileSync(file.path, file.text);
    }
    for (const channel of setUp.channels)
      if (channel.kind === 'hooks') mkdirSync(channel.dir, { recursive: true });
    const dialogs = options.hasDialogs ? DIALOG_ANSWERS : new Set<string>();
    const env = Object.fromEntries(
      Object.entries({ ...base, ...setUp.env }).filter(([key]) => !dialogs.has(key)),
    );
    const args = setUp.args.filter(argument => !dialogs.has(argument));
    const options2 = { ...SIZE, cwd, env, encoding: null };
    const pty = spawn(path, [...args, ...program.args(mode, apiUrl)], options2);
    const terminal = new RealTerminal(program, place, pty);
    terminal.#channels = openChannels({
      channels: setUp.channels,
      pid: pty.pid,
      clock: systemClock,
      conversation: () => undefined,
      onRecord(record) {
        if (program.leavesOut?.(record.data) === true) return;
        terminal.events.push({ at: terminal.now(), kind: 'record', record });
      },
    });
    terminal.truth('starting', 'its process was started');
    return terminal;
  }

  [Symbol.dispose](): void {
    this.#channels?.[Symbol.dispose]();
    if (!this.#hasExited) this.#pty.kill('SIGKILL');
  }

  /** Milliseconds since the start. */
  now(): number {
    return Math.round((performance.now() - this.#startedAt) * 10) / 10;
  }

  /** The same of a time in the model API's log. */
  timeOf(date: number): number {
    return Math.max(0, date - this.#startedDate);
  }

  truth(state: TrueState, why: string, at = this.now()): void {
    this.events.push({ at, kind: 'truth', state, why });
  }

  type(text: string): void {
    this.events.push({ at: this.now(), kind: 'typed', text });
    this.#pty.write(text);
  }

  /** Submits as the runner does, without its handshake. */
  async submit(prompt: string): Promise<void> {
    const how = this.#program.terminal.submission(this.#place);
    if (how.kind === 'file') {
      this.truth('working', 'a prompt was submitted');
      return appendFile(how.file, how.line(prompt));
    }
    this.type(`\x1b[200~${prompt}\x1b[201~`);
    await wait(300);
    this.truth('working', 'a prompt was submitted');
    this.type('\r');
  }

  kill(): void {
    this.truth('exited', 'it was killed');
    this.#pty.kill('SIGKILL');
  }

  /** The last output as text, for errors. */
  tail(): string {
    const pieces = this.events.flatMap(event => (event.kind === 'output' ? [event.bytes] : []));
    return plainText(Buffer.concat(pieces).toString('utf8').slice(-6000));
  }

  /** Marks the end of the film: nothing was printed up to there. */
  end(): void {
    this.events.push({ at: this.now(), kind: 'typed', text: '' });
  }

  /** Waits until the composer is seen, for a CLI that is quiet before, too. */
  async composerSeen(timeoutMs: number): Promise<void> {
    const { submission, screen: rules } = this.#program.terminal;
    const how = submission(this.#place);
    const deadline = this.now() + timeoutMs;
    while (how.kind === 'paste' && how.whenSeen === true && rules !== undefined && this.now() < deadline) {
      const shown = (await screensOf({ events: this.events, ...SIZE })).at(-1)?.text ?? '';
      if (readScreen(rules, shown)?.state.kind === 'idle') return;
      await wait(250);
    }
  }

  /** Waits until nothing was printed for so long; true if that came in time. */
  async quiet(ms: number, timeoutMs: number): Promise<boolean> {
    const deadline = this.now() + timeoutMs;
    while (this.now() < deadline) {
      if (this.#lastOutputAt > 0 && this.now() - this.#lastOutputAt >= ms) return true;
      await wait(50);
    }
    return false;
  }
}

/** What keeps the first dialogs away. */
const DIALOG_ANSWERS: ReadonlySet<string> = new Set([
  'CLAUDE_CODE_SANDBOXED',
  '--skip-trust',
  'COPILOT_HOME',
]);

/** Lets time pass: the recorder films what CLIs do in real time. */
export function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
