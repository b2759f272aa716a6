/**
 * What a CLI in a terminal is doing, told from everything that speaks of it (design §4). Pure and deterministic: time
 * comes in with the inputs, so recordings can be replayed with a virtual clock.
 */
import type { Claim, ClaimedState, Need, SourceName } from './claim.ts';
import { OscParser, type TerminalMessage } from './osc-parser.ts';
import { readStatusReport, type StatusReport } from './program-status.ts';
import { readScreen, type ScreenRules } from './screen-rules.ts';

/** One thing that happened, `at` in milliseconds on any clock that does not go back. */
export type DetectorInput =
  | { readonly kind: 'output'; readonly at: number; readonly bytes: Uint8Array }
  /** What a channel outside of the output says: hooks, event files, status files. */
  | { readonly kind: 'claims'; readonly at: number; readonly claims: readonly Claim[] }
  | {
      readonly kind: 'exit';
      readonly at: number;
      readonly code: number | null;
      readonly signal: string | null;
    }
  /** What the screen shows, as text. Wanted every `lookEveryMs`. */
  | { readonly kind: 'screen'; readonly at: number; readonly text: string }
  /** Time passes. Due at `nextCheckAt`. */
  | { readonly kind: 'tick'; readonly at: number };

/** What the program does, as far as is known. */
export type AgentState =
  | { readonly kind: 'working' }
  | { readonly kind: 'waiting'; readonly what: Need }
  /** It takes a prompt, and the last turn was broken off, or there was none. */
  | { readonly kind: 'idle' }
  /** It takes a prompt, and the last turn ended well. */
  | { readonly kind: 'done' }
  /** It takes a prompt, and the last turn ended with an error. */
  | { readonly kind: 'error' }
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
  /** Nothing was heard yet, or the sources disagree. Never counts as done. */
  | { readonly kind: 'unknown' };

/** One source's latest word, as it is shown to people. */
export interface Evidence {
  readonly source: SourceName;
  readonly state: ClaimedState;
  readonly text: string;
  /** Since when the source says so. */
  readonly at: number;
}

/** A state and what it rests on. */
export interface Verdict {
  readonly state: AgentState;
  /** Since when. */
  readonly since: number;
  /** Best source first. */
  readonly evidence: readonly Evidence[];
  /** Only the looks of the screen speak for it. */
  readonly isGuessed: boolean;
}

/** How titles or notifications of one CLI are read; undefined: this one says nothing. */
export type TitleReader = (title: string) => ClaimedState | undefined;

/** So long may the sources disagree before the state is unknown: they speak one after the other, seconds apart at most. */
export const DISAGREEMENT_MS = 5000;

/** Time between two looks at the screen where nothing else speaks. */
export const SCREEN_LOOK_MS = 250;

/** The same while the screen is asked to settle an end of which only the output tells; and the age that end must have. */
const SETTLING_LOOK_MS = 50;

/** A screen that is painted piece by piece may look idle for a moment, and a program that goes on to paint is at work. */
const SCREEN_STABLE_MS = 400;

/** How one CLI's own signs are read. */
export interface DetectorRules {
  readonly readTitle?: TitleReader;
  /** OSC 9;4 stands for as long as the program works. */
  readonly showsProgress?: boolean | undefined;
  /** How the texts of its notifications are read: OSC 9 and OSC 777; `bell` for the bell. */
  readonly readNotification?: TitleReader | undefined;
  readonly screen?: ScreenRules;
}

/** Best first. */
const SOURCES: readonly SourceName[] = [
  'program-status',
  'events',
  'hooks',
  'status-file',
  'transcript',
  'title',
  'progress',
  'notification',
  'screen',
];

/** Sources that output cannot forge. */
const OUTSIDE: readonly SourceName[] = ['events', 'hooks', 'status-file', 'transcript'];

/** Sources that show a state for as long as it lasts; the others tell of events. */
const STANDING: readonly SourceName[] = ['title', 'progress', 'status-file'];

interface Heard {
  readonly claim: Claim;
  readonly at: number;
}

/**
 * Fuses the sources. They stand in two groups which do not share a way: what is inside of the output, and what is not.
 * `done` needs both groups, where both have spoken; a program is busy as soon as the newest word says so; when one group
 * says busy and the other says over for longer than DISAGREEMENT_MS, the state is unknown. The screen counts while nothing
 * else has ever spoken; after that it only settles what CLIs leave open: an end of which no hook tells (an interrupt, a
 * refused request), and a dialog before the first hook. Silence means nothing.
 */
export class Detector {
  readonly #parser = new OscParser();
  readonly #rules: DetectorRules;
  readonly #heard = new Map<SourceName, Heard>();
  #exit: Extract<AgentState, { readonly kind: 'exited' }> | undefined;
  #disagreesSince: number | undefined;
  #looksIdleSince: number | undefined;
  #paintedAt = 0;
  #verdict: Verdict = { state: { kind: 'unknown' }, since: 0, evidence: [], isGuessed: false };

  constructor(rules: DetectorRules = {}) {
    this.#rules = rules;
  }

  /** The state after all inputs so far. */
  get verdict(): Verdict {
    return this.#verdict;
  }

  /** When time alone may change the verdict; undefined: never. */
  get nextCheckAt(): number | undefined {
    if (this.#disagreesSince === undefined || this.#exit !== undefined) return undefined;
    const due = this.#disagreesSince + DISAGREEMENT_MS;
    const { kind } = this.#verdict.state;
    return kind === 'working' || kind === 'waiting' ? due : undefined;
  }

  /** How often a look at the screen could tell more than is known; undefined: never. */
  get lookEveryMs(): number | undefined {
    if (this.#exit !== undefined || this.#rules.screen === undefined) return undefined;
    if (this.#disagreesSince !== undefined) return SETTLING_LOOK_MS;
    return this.#outside() === undefined ? SCREEN_LOOK_MS : undefined;
  }

  /** Takes the next input; times must not go back. */
  feed(input: DetectorInput): Verdict {
    switch (input.kind) {
      case 'output':
        this.#paintedAt = input.at;
        for (const message of this.#parser.feed(input.bytes)) this.#hearMessage(message, input.at);
        break;
      case 'claims':
        for (const claim of input.claims) this.#hear(claim, input.at);
        break;
      case 'screen':
        this.#look(input.text, input.at);
        break;
      case 'exit':
        this.#exit = { kind: 'exited', code: input.code, signal: input.signal };
        break;
      case 'tick':
        break;
    }
    return this.#judge(input.at);
  }

  #hearMessage(message: TerminalMessage, at: number): void {
    this.#hearText('notification', this.#rules.readNotification, noticeOf(message), at);
    if (message.kind !== 'osc') return;
    if (message.code === 7501) this.#hearReport(readStatusReport(message.text), at);
    const progress = this.#rules.showsProgress === true ? claimOfProgress(message) : undefined;
    if (progress !== undefined) this.#hear(progress, at);
    const title = message.code === 0 || message.code === 2 ? message.text : undefined;
    this.#hearText('title', this.#rules.readTitle, title, at);
  }

  #hearText(source: SourceName, read: TitleReader | undefined, text: string | undefined, at: number): void {
    const state = text === undefined ? undefined : read?.(text);
    if (text !== undefined && state !== undefined) this.#hear({ source, state, text: shortened(text) }, at);
  }

  #hearReport(report: StatusReport | undefined, at: number): void {
    // A child task's report does not say what the program does: it says so itself.
    if (report === undefined || report.id !== undefined) return;
    const claim = claimOfReport(report);
    if (claim === undefined) this.#heard.delete('program-status');
    else this.#hear(claim, at);
  }

  #look(text: string, at: number): void {
    const claim = this.#rules.screen && readScreen(this.#rules.screen, text);
    // A look is as old as itself: it says nothing of what came before it, or after.
    if (claim === undefined || !this.#isStable(claim, at)) return;
    this.#heard.set('screen', { claim, at });
  }

  /** Alone, an idle screen is believed when it lasts, and when nothing is painted on it any more, seen or unseen. */
  #isStable({ state }: Claim, at: number): boolean {
    if (state.kind !== 'idle') this.#looksIdleSince = undefined;
    else this.#looksIdleSince ??= at;
    if (this.#looksIdleSince === undefined || this.#disagreesSince !== undefined) return true;
    return at - Math.max(this.#looksIdleSince, this.#paintedAt) >= SCREEN_STABLE_MS;
  }

  #hear(claim: Claim, at: number): void {
    // A notification calls once: it holds until something else is said.
    this.#heard.delete('notification');
    const last = this.#heard.get(claim.source);
    // A title that is repeated (spinners), or a status that is written again, is as old as when it was told first.
    const isRepeated = last !== undefined && isSame(last.claim.state, claim.state);
    const since = isRepeated && STANDING.includes(claim.source) ? last.at : at;
    this.#heard.set(claim.source, { claim, at: since });
  }

  #judge(at: number): Verdict {
    const { state, isGuessed } = this.#decide(at);
    const since = isSame(state, this.#verdict.state) ? this.#verdict.since : at;
    this.#verdict = { state, since, evidence: this.#evidence(), isGuessed };
    return this.#verdict;
  }

  #decide(at: number): { readonly state: AgentState; readonly isGuessed: boolean } {
    if (this.#exit !== undefined) return { state: this.#exit, isGuessed: false };
    const inside = this.#heard.get('program-status') ?? this.#inside();
    const outside = this.#outside();
    const screen = this.#heard.get('screen');
    if (inside === undefined && outside === undefined) {
      return { state: screen?.claim.state ?? { kind: 'unknown' }, isGuessed: screen !== undefined };
    }
    const isDialog = outside === undefined && screen?.claim.state.kind === 'waiting';
    if (isDialog) return { state: screen.claim.state, isGuessed: true };
    return { state: this.#fuse(inside, outside, at), isGuessed: false };
  }

  #inside(): Heard | undefined {
    return newest((['title', 'progress', 'notification'] as const).map(source => this.#heard.get(source)));
  }

  #outside(): Heard | undefined {
    return newest(OUTSIDE.map(source => this.#heard.get(source)));
  }

  #fuse(inside: Heard | undefined, outside: Heard | undefined, at: number): AgentState {
    this.#disagreesSince = undefined;
    const said = [inside, outside].filter(heard => heard !== undefined);
    // A title may know that a person is needed, but not what for.
    if (said.every(({ claim }) => claim.state.kind === 'waiting')) {
      return outside?.claim.state ?? inside?.claim.state ?? { kind: 'unknown' };
    }
    if (isLoginWanted(inside) && outside !== undefined && isOver(outside.claim.state) && this.#hasFailed()) {
      return { kind: 'error' };
    }
    const over = said.filter(heard => isOver(heard.claim.state));
    const last = newest(said.filter(heard => !over.includes(heard)));
    if (last === undefined || over.length === 0) return last?.claim.state ?? endOf(over);
    if (over[0] === inside && this.#isSettled(over[0], last)) return endOf(over);
    this.#disagreesSince = Math.max(...said.map(heard => heard.at));
    return at >= this.#disagreesSince + DISAGREEMENT_MS ? { kind: 'unknown' } : last.claim.state;
  }

  /** Whether a source outside of the output says so: one that asks to log in then does it because its turn has failed. */
  #hasFailed(): boolean {
    return OUTSIDE.some(source => this.#heard.get(source)?.claim.state.kind === 'error');
  }

  /** Whether the screen bears out an end of which only the output tells, after everything else that was said. */
  #isSettled(end: Heard | undefined, busy: Heard): boolean {
    const screen = this.#heard.get('screen');
    if (screen === undefined || end === undefined || busy.at > end.at) return false;
    return screen.claim.state.kind === 'idle' && screen.at >= end.at + SETTLING_LOOK_MS;
  }

  #evidence(): readonly Evidence[] {
    return SOURCES.flatMap(source => {
      const heard = this.#heard.get(source);
      return heard === undefined ? [] : [{ ...heard.claim, at: heard.at }];
    });
  }
}

/** A report as a claim; undefined where the program takes its word back. */
function claimOfReport({ state, kind, message }: StatusReport): Claim | undefined {
  if (state === 'clear') return undefined;
  const text = message === '' ? state : `${state}: ${message}`;
  const source = 'program-status';
  if (state === 'blocked') return { source, state: { kind: 'waiting', what: kind ?? 'question' }, text };
  return { source, state: { kind: state }, text };
}

/** OSC 9;4 as a claim: 0 takes the progress away, everything else shows some. */
function claimOfProgress({ code, text }: Extract<TerminalMessage, { kind: 'osc' }>): Claim | undefined {
  const [, shown] = code === 9 ? (/^4;([0-4])(?:;|$)/.exec(text) ?? []) : [];
  if (shown === undefined) return undefined;
  const kind = shown === '0' ? 'idle' : 'working';
  return { source: 'progress', state: { kind }, text: kind === 'idle' ? 'none shown' : 'shown' };
}

/** The words of a notification. OSC 9 with a number in front is one of ConEmu's commands, not a text. */
function noticeOf(message: TerminalMessage): string | undefined {
  if (message.kind === 'bell') return 'bell';
  const { code, text } = message;
  if (code === 9) return /^\d+(?:;|$)/.test(text) ? undefined : text;
  return code === 777 ? /^notify;(.*)/s.exec(text)?.[1] : undefined;
}

function isOver({ kind }: ClaimedState): boolean {
  return kind === 'idle' || kind === 'done' || kind === 'error';
}

function isLoginWanted(heard: Heard | undefined): boolean {
  return heard?.claim.state.kind === 'waiting' && heard.claim.state.what === 'auth';
}

/** All agree that it is over; who knows most about how wins. */
function endOf(over: readonly Heard[]): AgentState {
  const kinds = over.map(({ claim }) => claim.state.kind);
  for (const kind of ['error', 'done', 'idle'] as const) if (kinds.includes(kind)) return { kind };
  return { kind: 'unknown' };
}

function newest(heard: readonly (Heard | undefined)[]): Heard | undefined {
  return heard.reduce((best, each) => {
    if (each === undefined) return best;
    return best === undefined || each.at >= best.at ? each : best;
  }, undefined);
}

function isSame(a: AgentState, b: AgentState): boolean {
  if (a.kind === 'waiting' && b.kind === 'waiting') return a.what === b.what;
  return a.kind === b.kind;
}

const MAX_TEXT = 200;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}
