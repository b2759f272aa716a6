/** A worker's tab on a real PTY host, as VS Code would hold it: what is written goes into an emulator. */
import headless from '@xterm/headless';
import type { TerminalDimensions } from 'vscode';
import { LIGHT } from '../../../client/terminals/answer-queries.ts';
import { realClock } from '../../../client/terminals/clock.ts';
import { FRAME_LIMITS, type FrameLimits, Frames } from '../../../client/terminals/frames.ts';
import { HostSessions } from '../../../client/terminals/host-sessions.ts';
import { WorkerTerminal } from '../../../client/terminals/worker-terminal.ts';
import type { WorkerStateName, WorkerView } from '../../../runtime/engine/projections.ts';
import { Screens } from '../../../runtime/pty/screen.ts';
import type { SessionSpec } from '../../../runtime/pty-protocol.ts';
import { eventually } from '../../support/wait.ts';
import type { PtyRig } from '../pty/pty-rig.ts';

/** How a tab differs from the usual. */
export interface TabOptions {
  readonly sessions?: readonly SessionSpec[];
  readonly state?: WorkerStateName;
  readonly cols?: number;
  readonly rows?: number;
  readonly limits?: Partial<FrameLimits>;
  /** Where viewers connect instead of at the host itself. */
  readonly socketPath?: string;
}

/** A tab that shows the worker `build/w1`. */
export class Tab {
  readonly terminal: WorkerTerminal;
  readonly told: string[] = [];
  readonly names: string[] = [];
  /** How often the session's screen was asked for. */
  screens = 0;
  /** Largest text that was written at once, in characters. */
  largestWrite = 0;
  worker: WorkerView;
  readonly #rig: PtyRig;
  readonly #specs: SessionSpec[];
  readonly #screens = new Screens();
  readonly #sessions = new HostSessions();
  readonly #emulator: headless.Terminal;
  #size: TerminalDimensions;
  #shown: TerminalDimensions | undefined;

  constructor(rig: PtyRig, options: TabOptions = {}) {
    const { sessions = [], state = 'working', cols = 80, rows = 24 } = options;
    this.#rig = rig;
    this.#size = { columns: cols, rows };
    this.#specs = [...sessions];
    this.worker = {
      key: 'build/w1',
      id: 'w1',
      phase: 'build',
      state,
      label: 'claude',
      attempt: 1,
      attempts: [],
      sessions: sessions.map(({ id }) => id),
      isMerged: false,
      usage: {},
      notes: [],
    };
    this.#emulator = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 5000 });
    this.terminal = new WorkerTerminal('build/w1', this.#ports(options));
    this.terminal.onDidWrite(text => {
      this.largestWrite = Math.max(this.largestWrite, text.length);
      this.#emulator.write(text);
    });
    // What VS Code's terminal answers to a program's questions comes back as if typed.
    this.#emulator.onData(text => this.terminal.handleInput(text));
    this.terminal.onDidChangeName(name => this.names.push(name));
    this.terminal.onDidOverrideDimensions(size => {
      this.#shown = size;
      this.#fit();
    });
    this.terminal.open({ columns: cols, rows });
  }

  /** What the tab shows, scrollback included, without blanks at line ends. */
  get text(): string {
    const { active } = this.#emulator.buffer;
    const lines = Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  }

  get size(): string {
    return `${this.#emulator.cols}x${this.#emulator.rows}`;
  }

  /** The user makes the tab larger or smaller. */
  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    this.#fit();
  }

  /** Waits until the tab shows something. */
  shows(wanted: RegExp): Promise<true> {
    return eventually<true | false>(() => wanted.test(this.text), {
      what: `${wanted} in the tab`,
      seen: () => this.text.slice(-3000),
    });
  }

  /** The worker changes. */
  becomes(changes: Partial<WorkerView>): void {
    this.worker = { ...this.worker, ...changes };
    this.terminal.update();
  }

  /** The worker opens another session. */
  begins(spec: SessionSpec): void {
    this.#specs.push(spec);
    this.becomes({ sessions: [...this.worker.sessions, spec.id] });
  }

  [Symbol.dispose](): void {
    this.terminal.close();
    this.#sessions[Symbol.dispose]();
    this.#screens.dispose();
    this.#emulator.dispose();
  }

  /** As VS Code does it: what is shown never gets larger than the tab, and is told as if it were the tab's size. */
  #fit(): void {
    const columns = Math.min(this.#size.columns, this.#shown?.columns ?? Number.POSITIVE_INFINITY);
    const rows = Math.min(this.#size.rows, this.#shown?.rows ?? Number.POSITIVE_INFINITY);
    this.#emulator.resize(columns, rows);
    this.terminal.setDimensions({ columns, rows });
  }

  #ports({ limits, socketPath }: TabOptions): ConstructorParameters<typeof WorkerTerminal>[1] {
    const host = { ...this.#rig.address, ...(socketPath && { socketPath }) };
    const recording = (session: string) => this.#specs.find(({ id }) => id === session)?.recordingFile;
    return {
      frames: new Frames(realClock, { ...FRAME_LIMITS, ...limits }),
      worker: () => this.worker,
      shownName: () => this.names.at(-1),
      host: () => host,
      sessions: async () => this.#sessions,
      colors: () => LIGHT,
      recording,
      tell: message => this.told.push(message),
      screen: async session => {
        this.screens += 1;
        const screen = await this.#screens.screen(recording(session) ?? '');
        return screen.ok ? screen.value : undefined;
      },
    };
  }
}
