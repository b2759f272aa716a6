/** How right a method was about a recording. */
import type { ClaimedState } from '../../runtime/agents/terminal/claim.ts';
import { Detector } from '../../runtime/agents/terminal/detector.ts';
import { readerOf, type TerminalCli } from '../../runtime/agents/terminal/terminal-cli.ts';
import type { Recording, TrueState } from './recording.ts';
import { type JudgedState, type Judgement, judged, lastTime } from './replay.ts';

/** A stretch of one true state. */
interface Span {
  readonly state: TrueState;
  readonly from: number;
  readonly to: number;
}

/** What is counted, over any number of recordings. */
export interface Score {
  /** Stretches of work. */
  readonly works: number;
  /** Times a CLI at work, or waiting for a person, was called over. */
  readonly falseDone: readonly string[];
  /** Ends: stretches in which a CLI is over after work. */
  readonly ends: number;
  /** Ends that were not found before the recording went on, or taken back. */
  readonly falseBusy: readonly string[];
  readonly waits: number;
  readonly missedWaits: readonly string[];
  /** Milliseconds until an end or a wait was found, since the model's last byte or the key that caused it. */
  readonly latencies: readonly number[];
  /** The same since the CLI itself first said so on any structured way. */
  readonly ownLatencies: readonly number[];
  /** Milliseconds in which the method said nothing, of all. */
  readonly unknownMs: number;
  readonly scoredMs: number;
}

/** Score of nothing. */
export const NO_SCORE: Score = {
  ...{ works: 0, falseDone: [], ends: 0, falseBusy: [], waits: 0, missedWaits: [] },
  ...{ latencies: [], ownLatencies: [], unknownMs: 0, scoredMs: 0 },
};

/**
 * The model API's log says when its last byte had left; a CLI on the same machine may have read it, and said so, a little
 * earlier.
 */
const CLOCK_TOLERANCE_MS = 100;

/** Scores a method's judgements. Nothing is counted before the first prompt or dialog. */
export function scoreOf(recording: Recording, cli: TerminalCli, judgements: readonly Judgement[]): Score {
  const spans = spansOf(recording);
  const name = `${recording.cli} ${recording.scenario}`;
  const scores = spans.map((span, index) => {
    const where = `${name} @${Math.round(span.from)}`;
    const isAfterWork = isBusy(spans[index - 1]?.state ?? 'starting');
    if (isBusy(span.state)) return scoreBusy(span, judgements, where, signOf(recording, cli, span));
    const work = spans[index - 1];
    const sawWork = work !== undefined && within(judgements, work).some(({ state }) => isBusyState(state));
    if (isAfterWork)
      return scoreEnd(span, judgements, { where, sign: signOf(recording, cli, span), sawWork });
    return NO_SCORE;
  });
  return addScores(scores);
}

/** Scores of several recordings together. */
export function addScores(scores: readonly Score[]): Score {
  return scores.reduce(
    (sum, score) => ({
      works: sum.works + score.works,
      falseDone: [...sum.falseDone, ...score.falseDone],
      ends: sum.ends + score.ends,
      falseBusy: [...sum.falseBusy, ...score.falseBusy],
      waits: sum.waits + score.waits,
      missedWaits: [...sum.missedWaits, ...score.missedWaits],
      latencies: [...sum.latencies, ...score.latencies],
      ownLatencies: [...sum.ownLatencies, ...score.ownLatencies],
      unknownMs: sum.unknownMs + score.unknownMs,
      scoredMs: sum.scoredMs + score.scoredMs,
    }),
    NO_SCORE,
  );
}

/** The value that so many (0 to 1) of the numbers do not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function spansOf(recording: Recording): readonly Span[] {
  const truths = recording.events.filter(event => event.kind === 'truth');
  return truths.map(({ state, at }, index) => ({
    state,
    from: at,
    to: truths[index + 1]?.at ?? lastTime(recording),
  }));
}

function isBusy(state: TrueState): boolean {
  return state === 'working' || state === 'waiting';
}

function scoreBusy(span: Span, judgements: readonly Judgement[], where: string, sign: number): Score {
  const during = within(judgements, span);
  const isWait = span.state === 'waiting';
  const found = isWait ? during.find(({ state }) => state === 'waiting') : undefined;
  const isMissed = isWait && found === undefined;
  return {
    ...NO_SCORE,
    works: isWait ? 0 : 1,
    falseDone: falseDones(during, span).map(at => `${where}: over at ${Math.round(at)}`),
    waits: isWait ? 1 : 0,
    missedWaits: isMissed ? [where] : [],
    latencies: found === undefined ? [] : [Math.max(0, found.at - span.from)],
    ownLatencies: found === undefined ? [] : [Math.max(0, found.at - sign)],
    ...times(during, span),
  };
}

/** Until it is seen at work once, a CLI looks as it did before: that is delay, unless it lasts. */
function falseDones(during: readonly Judgement[], { from, to }: Span): readonly number[] {
  const first = during.findIndex(({ state }) => isBusyOrUnknown(state));
  const isNeverSeen = first === -1 && to - from > NOTICE_MS;
  if (isNeverSeen) return [from];
  const after = first === -1 ? [] : during.slice(first);
  const wrong = after.filter(({ state, at }) => isEnd(state) && at < to - CLOCK_TOLERANCE_MS);
  const seenAt = during[first]?.at ?? from;
  return seenAt - from > NOTICE_MS ? [from, ...wrong.map(({ at }) => at)] : wrong.map(({ at }) => at);
}

/** Work that is not noticed for so long was called over. */
const NOTICE_MS = 2000;

function scoreEnd(
  span: Span,
  judgements: readonly Judgement[],
  { where, sign, sawWork }: { readonly where: string; readonly sign: number; readonly sawWork: boolean },
): Score {
  const all = within(judgements, span);
  // A method may see short work only when it is over: what it said before that was said of the time before the work.
  const late = all.findIndex(({ state }) => isBusyState(state));
  const isLate =
    isEnd(all[0]?.state ?? 'unknown') && late > 0 && (all[late]?.at ?? 0) - span.from < NOTICE_MS;
  const during = isLate && !sawWork ? all.slice(late) : all;
  const foundAt = during.findIndex(({ state }) => isEnd(state));
  const found = during[foundAt];
  const relapse = foundAt === -1 ? undefined : during.slice(foundAt).find(({ state }) => isBusyState(state));
  const falseBusy = [
    ...(found === undefined ? [`${where}: the end was not found`] : []),
    ...(relapse === undefined ? [] : [`${where}: busy again at ${Math.round(relapse.at)}`]),
  ];
  return {
    ...NO_SCORE,
    ends: 1,
    falseBusy,
    latencies: found === undefined ? [] : [Math.max(0, found.at - span.from)],
    ownLatencies: found === undefined ? [] : [Math.max(0, found.at - sign)],
    ...times(during, span),
  };
}

function isEnd(state: JudgedState): boolean {
  return state === 'over' || state === 'exited';
}

function isBusyState(state: JudgedState): boolean {
  return state === 'working' || state === 'waiting';
}

function isBusyOrUnknown(state: JudgedState): boolean {
  return !isEnd(state);
}

/** The judgements of a span: the one it begins with, and those that come in it. */
function within(judgements: readonly Judgement[], { from, to }: Span): readonly Judgement[] {
  const before = judgements.findLast(({ at }) => at <= from);
  const first: Judgement = { at: from, state: before?.state ?? 'unknown' };
  return [first, ...judgements.filter(({ at }) => at > from && at <= to)];
}

function times(during: readonly Judgement[], { from, to }: Span): Pick<Score, 'unknownMs' | 'scoredMs'> {
  const unknownMs = during.reduce((sum, { at, state }, index) => {
    return state === 'unknown' ? sum + (during[index + 1]?.at ?? to) - at : sum;
  }, 0);
  return { unknownMs, scoredMs: to - from };
}

/** When the CLI itself first said what the span is, on any way of its own; the span's beginning where it never did. */
function signOf(recording: Recording, cli: TerminalCli, span: Span): number {
  const sign = soloJudgements(recording, cli).find(({ at, state }) => {
    const isInTime = at >= span.from - CLOCK_TOLERANCE_MS && at <= span.to;
    return isInTime && (span.state === 'waiting' ? state === 'waiting' : isEnd(state));
  });
  return Math.max(span.from, sign?.at ?? span.from);
}

/** Events tell of the model's last message: a CLI that shows its progress may work on, and says itself when it does not. */
function isProvisional({ showsProgress }: TerminalCli, { kind }: ClaimedState): boolean {
  return showsProgress === true && kind !== 'working' && kind !== 'waiting';
}

/** What each source says by itself, all in one list. */
function soloJudgements(recording: Recording, cli: TerminalCli): readonly Judgement[] {
  const read = readerOf(cli);
  const terminal = new Detector({ readTitle: cli.readTitle, showsProgress: cli.showsProgress });
  return recording.events.flatMap(event => {
    switch (event.kind) {
      case 'output': {
        const before = terminal.verdict.state;
        const { state } = terminal.feed({ kind: 'output', at: event.at, bytes: event.bytes });
        return before.kind === state.kind ? [] : [{ at: event.at, state: judged(state) }];
      }
      case 'record':
        return read(event.record)
          .claims.filter(({ state }) => !isProvisional(cli, state))
          .map(({ state }) => ({ at: event.at, state: judged(state) }));
      case 'exit':
        return [{ at: event.at, state: 'exited' as const }];
      default:
        return [];
    }
  });
}
