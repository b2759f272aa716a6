/** The terminal tab that plays a recorded session: space pauses, arrows change the speed, Enter begins again. */
import { StringDecoder } from 'node:string_decoder';
import { t } from '@vscode/l10n';
import type { Event, Pseudoterminal, TerminalDimensions } from 'vscode';
import { Emitter } from 'vscode-jsonrpc/node';
import { RecordingReader } from '../../runtime/pty/recording-reader.ts';
import type { Frames, Lane } from './frames.ts';
import { ReplayPace, type Speed, speeds } from './replay-pace.ts';
import { CLEAR_ALL, ownLine } from './terminal-text.ts';
import { withoutQueries } from './without-queries.ts';

/** What to play. */
export interface ReplayOptions {
  /** What the tab is called, beside the speed. */
  readonly name: string;
  /** Path of the recording (asciicast v2). It may still grow: then the replay ends where it stands. */
  readonly file: string;
  readonly speed: Speed;
  readonly frames: Frames;
}

/** Keys, as VS Code sends them: arrows in both cursor key modes. */
const faster: ReadonlySet<string> = new Set(['\u001b[C', '\u001bOC', '\u001b[A', '\u001bOA']);
const slower: ReadonlySet<string> = new Set(['\u001b[D', '\u001bOD', '\u001b[B', '\u001bOB']);

/** A replay in a tab. */
export class ReplayTerminal implements Pseudoterminal {
  readonly #options: ReplayOptions;
  readonly #pace: ReplayPace;
  readonly #lane: Lane;
  readonly #wrote = new Emitter<string>();
  readonly #named = new Emitter<string>();
  readonly #sized = new Emitter<TerminalDimensions | undefined>();
  #isPlaying = false;
  #isClosed = false;
  #isRestarting = false;

  readonly onDidWrite: Event<string> = this.#wrote.event;
  readonly onDidChangeName: Event<string> = this.#named.event;
  readonly onDidOverrideDimensions: Event<TerminalDimensions | undefined> = this.#sized.event;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#pace = new ReplayPace(options.frames.clock, options.speed);
    this.#lane = options.frames.lane(text => this.#wrote.fire(text));
  }

  /** What the tab is called: sign, speed and name. */
  get name(): string {
    const { speed, isPaused } = this.#pace;
    const sign = isPaused ? '⏸' : this.#isPlaying ? '▶' : '■';
    return `${sign} ${speed === 'instant' ? t('instant') : `${speed}×`} ${this.#options.name}`;
  }

  /** VS Code shows the tab: the replay begins. */
  open(): void {
    void this.#play();
  }

  /** VS Code closed the tab. */
  close(): void {
    this.#isClosed = true;
    this.#lane.clear();
    this.#pace.restart();
  }

  /** A key; everything else, answers of the terminal among them, means nothing here. */
  handleInput(key: string): void {
    if (key === ' ' && this.#isPlaying) this.#pace.togglePause();
    else if (key === '\r') this.#restart();
    else if (faster.has(key)) this.#shiftSpeed(1);
    else if (slower.has(key)) this.#shiftSpeed(-1);
    else return;
    this.#named.fire(this.name);
  }

  #shiftSpeed(steps: number): void {
    const speed = speeds[speeds.indexOf(this.#pace.speed) + steps];
    if (speed !== undefined) this.#pace.setSpeed(speed);
  }

  #restart(): void {
    if (this.#isPlaying) {
      this.#isRestarting = true;
      this.#lane.clear();
      this.#pace.restart();
    } else void this.#play();
  }

  async #play(): Promise<void> {
    this.#isPlaying = true;
    this.#named.fire(this.name);
    do {
      this.#isRestarting = false;
      this.#pace.restart();
      this.#lane.push(CLEAR_ALL);
      await this.#playOnce();
    } while (this.#isRestarting && !this.#isClosed);
    this.#isPlaying = false;
    this.#lane.push(ownLine(t('end of the recording; Enter plays it again')));
    this.#named.fire(this.name);
  }

  async #playOnce(): Promise<void> {
    try {
      const reader = await RecordingReader.open(this.#options.file);
      try {
        await this.#copy(reader);
      } finally {
        await reader.close();
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      this.#lane.push(ownLine(t('The recording cannot be read: {0}', error.message)));
    }
  }

  async #copy(reader: RecordingReader): Promise<void> {
    const decoder = new StringDecoder('utf8');
    for (let event = await reader.next(); event !== null; event = await reader.next()) {
      if (event.kind === 'size') this.#sized.fire({ columns: event.size.cols, rows: event.size.rows });
      else {
        await this.#pace.wait(event.seconds);
        await this.#lane.room();
        if (this.#isClosed || this.#isRestarting) return;
        this.#lane.push(withoutQueries(decoder.write(event.bytes)));
      }
    }
  }
}
