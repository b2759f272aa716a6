/** A CLI's live terminal while a turn runs in it: everything that speaks of its state, put together as it comes. */
import { Detector, type Verdict } from '../agents/terminal/detector.ts';
import { linesAtWork, readScreen, type ScreenRules } from '../agents/terminal/screen-rules.ts';
import {
  type Channel,
  type ChannelRecord,
  type Reading,
  readerOf,
  type TerminalCli,
  type TerminalPlace,
  type TurnFact,
  type UseFact,
} from '../agents/terminal/terminal-cli.ts';
import { Screens } from '../pty/screen.ts';
import type { SinkReport } from './run-session.ts';
import type { Clock } from './session-host.ts';
import type { StartDialogAnswer } from './start-dialog.ts';
import { type OpenChannels, openChannels } from './terminal-channels.ts';

/** What the terminal is. */
export interface LiveTerminalOptions {
  readonly cli: TerminalCli;
  readonly place: TerminalPlace;
  readonly clock: Clock;
  readonly recordingFile: string;
  /** A dialog that it may begin with is answered for the person. */
  readonly startDialog?: StartDialogAnswer | undefined;
}

/** Time between two looks for a dialog. */
const DIALOG_LOOK_MS = 100;

const NO_RULES: ScreenRules = { versions: '', lines: 0, waiting: [], working: [], idle: [] };

/** How a wait ended: what was waited for came, or the time was up, or the terminal is gone. */
export type WaitEnd = 'met' | 'late' | 'closed';

/** Watches one terminal, from its first byte on. */
export class LiveTerminal implements Disposable {
  readonly facts: TurnFact[] = [];
  /** Apart from the facts: they come from files of their own, so their order among the facts is another each time. */
  readonly uses: UseFact[] = [];
  /** Number of records that the CLI's channels have had, whatever they mean. */
  records = 0;
  readonly #cli: TerminalCli;
  readonly #place: TerminalPlace;
  readonly #clock: Clock;
  readonly #recordingFile: string;
  readonly #startDialog: StartDialogAnswer | undefined;
  readonly #read: (record: ChannelRecord) => Reading;
  readonly #detector: Detector;
  readonly #screens = new Screens();
  readonly #listeners = new Set<() => void>();
  #channels: OpenChannels | undefined;
  #transcript: OpenChannels | undefined;
  #pid = 0;
  #timer: Disposable | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor({ cli, place, clock, recordingFile, startDialog }: LiveTerminalOptions) {
    this.#cli = cli;
    this.#place = place;
    this.#clock = clock;
    this.#recordingFile = recordingFile;
    this.#startDialog = startDialog;
    this.#read = readerOf(cli, place);
    this.#detector = new Detector(cli);
  }

  [Symbol.dispose](): void {
    this.close();
    this.#channels?.[Symbol.dispose]();
    this.#transcript?.[Symbol.dispose]();
    this.#screens.dispose();
  }

  get verdict(): Verdict {
    return this.#detector.verdict;
  }

  /** What the screen shows; '' where that cannot be had. */
  async shown(): Promise<string> {
    const screen = await this.#screens.screen(this.#recordingFile);
    return screen.ok ? screen.value.text : '';
  }

  /** What the screen shows, line by line, without the lines that move while the CLI works. */
  async shownAtWork(): Promise<readonly string[]> {
    return linesAtWork(this.#cli.screen ?? NO_RULES, await this.shown());
  }

  /** Waits until the screen shows a dialog, at most so long: other sources tell of it before it takes keys. */
  async dialogShown(timeoutMs: number): Promise<void> {
    const { screen: rules } = this.#cli;
    const deadline = this.#clock.now() + timeoutMs;
    while (rules !== undefined && this.#clock.now() < deadline) {
      if (readScreen(rules, await this.shown())?.state.kind === 'waiting') return;
      if ((await this.waitFor(() => false, DIALOG_LOOK_MS)) === 'closed') return;
    }
  }

  /** Waits until the screen shows a composer that takes a prompt, at most so long; `closed`: the terminal is gone. */
  async composerShown(timeoutMs: number): Promise<WaitEnd> {
    const { screen: rules } = this.#cli;
    const deadline = this.#clock.now() + timeoutMs;
    while (rules !== undefined && readScreen(rules, await this.shown())?.state.kind !== 'idle') {
      if (this.#clock.now() >= deadline) return 'late';
      if ((await this.waitFor(() => false, DIALOG_LOOK_MS)) === 'closed') return 'closed';
    }
    return 'met';
  }

  /** Starts to read the channels of the process. */
  listen(channels: readonly Channel[], pid: number): void {
    this.#pid = pid;
    this.#channels = openChannels({
      ...{ channels, pid, clock: this.#clock, conversation: () => this.#conversation() },
      onRecord: record => this.#take(record),
    });
  }

  /** Takes a piece of output. */
  feed(text: string): SinkReport {
    this.#detector.feed({ kind: 'output', at: this.#clock.now(), bytes: Buffer.from(text) });
    this.#changed();
    return { isReady: true, isAlive: true, transcript: '' };
  }

  /** Nothing more will come: ends every wait. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    for (const listener of [...this.#listeners]) listener();
  }

  /** Settles when everything that stands in the channels has been taken. */
  async drained(): Promise<void> {
    await this.#channels?.drained();
    await this.#transcript?.drained();
  }

  /** Waits until `probe` holds, at most so long. */
  async waitFor(probe: () => boolean, timeoutMs?: number): Promise<WaitEnd> {
    if (probe()) return 'met';
    if (this.#isClosed) return 'closed';
    return new Promise(resolve => {
      const settle = (end: WaitEnd): void => {
        this.#listeners.delete(look);
        timer?.[Symbol.dispose]();
        resolve(end);
      };
      const look = (): void => {
        if (probe()) settle('met');
        else if (this.#isClosed) settle('closed');
      };
      const timer = timeoutMs === undefined ? undefined : this.#clock.after(timeoutMs, () => settle('late'));
      this.#listeners.add(look);
    });
  }

  #conversation(): string | undefined {
    return this.facts.findLast(fact => fact.kind === 'conversation')?.id;
  }

  #take(record: ChannelRecord): void {
    this.records += 1;
    const { claims, facts, uses = [] } = this.#read(record);
    this.facts.push(...facts);
    this.uses.push(...uses);
    const named = facts.find(fact => fact.kind === 'transcript');
    if (named !== undefined) this.#readTranscript(named.file);
    this.#detector.feed({ kind: 'claims', at: this.#clock.now(), claims });
    this.#changed();
  }

  #readTranscript(file: string): void {
    const channels = this.#cli.transcriptChannels?.(file, this.#place) ?? [];
    if (channels.length === 0) return;
    this.#transcript ??= openChannels({
      ...{ channels, pid: this.#pid, clock: this.#clock, conversation: () => this.#conversation() },
      onRecord: ({ data }) => this.#take({ channel: 'transcript', data }),
    });
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
    this.#schedule();
  }

  /** One timer, for whatever is due first: a look at the screen, or the end of patience with a disagreement. */
  #schedule(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    if (this.#isClosed || this.#isLooking) return;
    const { lookEveryMs, nextCheckAt } = this.#detector;
    const left = nextCheckAt === undefined ? Number.POSITIVE_INFINITY : nextCheckAt - this.#clock.now();
    const ms = Math.min(lookEveryMs ?? Number.POSITIVE_INFINITY, Math.max(0, left));
    if (ms !== Number.POSITIVE_INFINITY) this.#timer = this.#clock.after(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    const isWanted = this.#detector.lookEveryMs !== undefined;
    const screen = isWanted ? await this.#screens.screen(this.#recordingFile) : undefined;
    this.#isLooking = false;
    if (this.#isClosed) return;
    const at = this.#clock.now();
    if (screen?.ok && this.#startDialog?.takes(screen.value.text, at) !== true) {
      this.#detector.feed({ kind: 'screen', at, text: screen.value.text });
    }
    this.#detector.feed({ kind: 'tick', at });
    this.#changed();
  }
}
