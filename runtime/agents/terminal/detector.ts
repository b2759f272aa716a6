/**
 * What a CLI in a terminal is doing, told from everything that speaks of it (design §4). Pure and deterministic: time
 * comes in with the inputs, so recordings can be replayed with a virtual clock.
 */
import type { Claim, ClaimedState, Need, SourceName } from './claim.ts';
import { OscParser, type TerminalMessage } from './osc-parser.ts';
import { readStatusReport, type StatusReport } from './program-status.ts';

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

/** How titles of one CLI are read; undefined: this title says nothing. */
export type TitleReader = (title: string) => ClaimedState | undefined;

/** So long may the sources disagree before the state is unknown: they speak one after the other, seconds apart at most. */
export const DISAGREEMENT_MS = 5000;

/** Best first. */
const SOURCES: readonly SourceName[] = [
  'program-status',
  'events',
  'hooks',
  'status-file',
  'transcript',
  'title',
  'screen',
];

interface Heard {
  readonly claim: Claim;
  readonly at: number;
}

/**
 * Fuses the sources. They stand in two groups which do not share a way: what is inside of the output, and what is not.
 * `done` needs both groups, where both have spoken; a program is busy as soon as the newest word says so; when one group
 * says busy and the other says over for longer than DISAGREEMENT_MS, the state is unknown. The screen counts only while
 * nothing else has ever spoken. Silence means nothing.
 */
export class Detector {
  readonly #parser = new OscParser();
  readonly #readTitle: TitleReader;
  readonly #heard = new Map<SourceName, Heard>();
  /** Sources that have ever spoken: one that took its word back is still missed. */
  readonly #known = new Set<SourceName>();
  #exit: Extract<AgentState, { readonly kind: 'exited' }> | undefined;
  #disagreesSince: number | undefined;
  #verdict: Verdict = { state: { kind: 'unknown' }, since: 0, evidence: [], isGuessed: false };

  constructor(readTitle: TitleReader = () => undefined) {
    this.#readTitle = readTitle;
  }

  /** The state after all inputs so far. */
  get verdict(): Verdict {
    return this.#verdict;
  }

  /** When time alone may change the verdict; undefined: never. */
  get nextCheckAt(): number | undefined {
    if (this.#disagreesSince === undefined || this.#exit !== undefined) return undefined;
    const due = this.#disagreesSince + DISAGREEMENT_MS;
    return this.#verdict.state.kind === 'unknown' ? undefined : due;
  }

  /** Whether anything but the screen has spoken: then nobody has to look at the screen. */
  get hasStructure(): boolean {
    return [...this.#known].some(source => source !== 'screen');
  }

  /** Takes the next input; times must not go back. */
  feed(input: DetectorInput): Verdict {
    switch (input.kind) {
      case 'output':
        for (const message of this.#parser.feed(input.bytes)) this.#hearMessage(message, input.at);
        break;
      case 'claims':
        for (const claim of input.claims) this.#hear(claim, input.at);
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
    if (message.kind !== 'osc') return;
    if (message.code === 7501) this.#hearReport(readStatusReport(message.text), at);
    if (message.code !== 0 && message.code !== 2) return;
    const state = this.#readTitle(message.text);
    if (state !== undefined) this.#hear({ source: 'title', state, text: shortened(message.text) }, at);
  }

  #hearReport(report: StatusReport | undefined, at: number): void {
    // A child task's report does not say what the program does: it says so itself.
    if (report === undefined || report.id !== undefined) return;
    const claim = claimOfReport(report);
    if (claim === undefined) this.#heard.delete('program-status');
    else this.#hear(claim, at);
  }

  #hear(claim: Claim, at: number): void {
    const last = this.#heard.get(claim.source);
    // A word that is repeated (spinner titles) is as old as when it was said first.
    const since = last !== undefined && isSame(last.claim.state, claim.state) ? last.at : at;
    this.#heard.set(claim.source, { claim, at: since });
    this.#known.add(claim.source);
  }

  #judge(at: number): Verdict {
    const { state, isGuessed } = this.#decide(at);
    const since = isSame(state, this.#verdict.state) ? this.#verdict.since : at;
    this.#verdict = { state, since, evidence: this.#evidence(), isGuessed };
    return this.#verdict;
  }

  #decide(at: number): { readonly state: AgentState; readonly isGuessed: boolean } {
    if (this.#exit !== undefined) return { state: this.#exit, isGuessed: false };
    if (!this.hasStructure) {
      const screen = this.#heard.get('screen');
      return { state: screen?.claim.state ?? { kind: 'unknown' }, isGuessed: screen !== undefined };
    }
    const inside = this.#heard.get('program-status') ?? this.#heard.get('title');
    const outside = newest([
      this.#heard.get('events'),
      this.#heard.get('hooks'),
      this.#heard.get('status-file'),
      this.#heard.get('transcript'),
    ]);
    return { state: this.#fuse(inside, outside, at), isGuessed: false };
  }

  #fuse(inside: Heard | undefined, outside: Heard | undefined, at: number): AgentState {
    const said = [inside, outside].filter(heard => heard !== undefined);
    const over = said.filter(heard => isOver(heard.claim.state));
    const last = newest(said.filter(heard => !over.includes(heard)));
    if (last === undefined || over.length === 0) {
      this.#disagreesSince = undefined;
      return last?.claim.state ?? endOf(over);
    }
    this.#disagreesSince ??= at;
    return at >= this.#disagreesSince + DISAGREEMENT_MS ? { kind: 'unknown' } : last.claim.state;
  }

  #evidence(): readonly Evidence[] {
    return SOURCES.flatMap(source => {
      const heard = this.#heard.get(source);
      return heard === undefined ? [] : [{ source, text: heard.claim.text, at: heard.at }];
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

function isOver({ kind }: ClaimedState): boolean {
  return kind === 'idle' || kind === 'done' || kind === 'error';
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
