/** Brings a turn in a live terminal to its outcome: ready, prompt submitted, over. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TurnOutcome } from '../agents/adapter.ts';
import type { TerminalPlace, TurnFact } from '../agents/terminal/terminal-cli.ts';
import { breakOff } from './break-off.ts';
import type { LiveTerminal, WaitEnd } from './live-terminal.ts';
import type { RunnerDeps } from './run-session.ts';
import { untilStalled } from './stall-watch.ts';
import { StateTeller } from './state-teller.ts';
import { type SubmitEnd, submitPrompt, waitUntilReady } from './submit-prompt.ts';
import {
  answeredOutcome,
  brokenOff,
  failedOutcome,
  noStart,
  onlyRetried,
  stalled,
  withoutAnswer,
} from './terminal-outcome.ts';
import { untilGivenUp } from './terminal-retries.ts';
import type { TerminalTurnControl, TerminalTurnJob } from './terminal-turn-job.ts';
import { turnMark } from './turn-mark.ts';
import type { TurnSpending } from './turn-spending.ts';
import { typeAnswers } from './type-answers.ts';

/** An answer, or the reason of a failure, may come so much later than the signs of the turn's end. */
const ANSWER_GRACE_MS = 3000;

/** A turn and the terminal it is played in. */
export interface TurnPlay {
  readonly deps: RunnerDeps;
  readonly job: TerminalTurnJob;
  readonly control: TerminalTurnControl;
  readonly place: TerminalPlace;
  readonly terminal: LiveTerminal;
  readonly spending: TurnSpending;
  /** Aborted when the turn is being broken off by us: what the CLI says then is no word to the person. */
  readonly breaking: AbortController;
}

/** Plays the turn; a prompt that was taken before a restart is not submitted again. Undefined: the terminal is gone. */
export async function playTurn(play: TurnPlay): Promise<TurnOutcome | undefined> {
  const { terminal, control, job, place, spending } = play;
  using _told = new StateTeller(terminal, control);
  const { cli, isAttended } = job;
  const answering = typeAnswers({ terminal, control, cli, isAttended, type: text => type(play, text) });
  await terminal.drained();
  const told = { facts: terminal.facts.length, uses: terminal.uses.length, at: play.deps.clock.now() };
  const mark = await turnMark(join(place.folder, 'turn.json'), job.request.promptFile, told);
  void spending.tellFrom(mark);
  if (!hasSince(terminal, mark.facts, 'submitted')) {
    const failed = await submit(play);
    if (failed !== undefined) return failed === 'closed' ? undefined : failed;
  }
  // Awaited here: what tells the state is in use until the end.
  return await outcomeOf(play, mark.facts, answering);
}

async function outcomeOf(
  play: TurnPlay,
  mark: number,
  answering: ReturnType<typeof typeAnswers>,
): Promise<TurnOutcome | undefined> {
  const unanswered = answering.then(end => (end === 'stuck' ? brokenOff(play.job.adapter.name) : undefined));
  const stuck = Promise.race([stall(play), giveUp(play), unanswered]);
  // Some CLIs end a turn that is broken off as one that has an answer.
  const finished = finish(play, mark).then(outcome => (play.breaking.signal.aborted ? stuck : outcome));
  return await Promise.race([finished, stuck]);
}

/** The outcome of a turn that does not get on: it is broken off. Undefined: the terminal is gone. */
async function stall(play: TurnPlay): Promise<TurnOutcome | undefined> {
  const { terminal, job, deps } = play;
  const { stallTimeoutMs = Number.POSITIVE_INFINITY } = job.limits;
  if ((await untilStalled(terminal, deps.clock, stallTimeoutMs)) === 'closed') return undefined;
  await breakTurnOff(play);
  return stalled(job.adapter.name, stallTimeoutMs);
}

/** The same of a turn whose CLI only tries again. */
async function giveUp(play: TurnPlay): Promise<TurnOutcome | undefined> {
  const { terminal, job, deps } = play;
  const { retryTimeoutMs = Number.POSITIVE_INFINITY } = job.limits;
  const hint = await untilGivenUp(terminal, deps.clock, retryTimeoutMs, job.cli.readRetry);
  if (hint === undefined) return undefined;
  await breakTurnOff(play);
  return onlyRetried(job.adapter.name, hint);
}

async function breakTurnOff(play: TurnPlay): Promise<void> {
  play.breaking.abort();
  await breakOff(play.terminal, play.job.cli.interruptKeys, text => type(play, text));
}

async function submit(play: TurnPlay): Promise<TurnOutcome | 'closed' | undefined> {
  const { terminal, job } = play;
  const { startTimeoutMs } = job.limits;
  const ready = await untilReady(terminal, startTimeoutMs, job.isAttended);
  if (ready === 'closed') return 'closed';
  const { name } = job.adapter;
  if (ready === 'late') {
    const said = terminal.verdict.evidence.map(({ source, text }) => `${source}: ${text}`).join('; ');
    const heard = said === '' ? 'nothing told what it does' : said;
    return noStart(`${name} was not ready for a prompt within ${(startTimeoutMs ?? 0) / 1000} s (${heard})`);
  }
  const { prompt, promptFile } = job.request;
  const end = await submitText(play, prompt, promptFile);
  if (end === 'refused') return noStart(`${name} did not take the prompt`);
  return end === 'closed' ? 'closed' : undefined;
}

/** A CLI that asks something at its start waits for a person, who has all the time they need, where there is one. */
async function untilReady(
  terminal: LiveTerminal,
  timeoutMs: number | undefined,
  isAttended: boolean,
): Promise<'ready' | 'late' | 'closed'> {
  for (;;) {
    const ready = await waitUntilReady(terminal, timeoutMs);
    if (ready !== 'late' || !isAttended || terminal.verdict.state.kind !== 'waiting') return ready;
    const end = await terminal.waitFor(() => terminal.verdict.state.kind !== 'waiting');
    if (end === 'closed') return 'closed';
  }
}

/** Waits for the end. A turn that is broken off is a person's to go on with, where there is one. */
async function finish(play: TurnPlay, mark: number): Promise<TurnOutcome | undefined> {
  const { terminal, job, control, breaking } = play;
  const kind = (): string => terminal.verdict.state.kind;
  const isBrokenOff = (): boolean => kind() === 'idle' && !hasSince(terminal, mark, 'answer');
  const isEnd = (): boolean => kind() === 'done' || kind() === 'error' || kind() === 'idle';
  for (;;) {
    if ((await terminal.waitFor(isEnd)) === 'closed') return undefined;
    await terminal.drained();
    if (!isBrokenOff()) break;
    const grace = await terminal.waitFor(() => !isBrokenOff(), ANSWER_GRACE_MS);
    if (grace === 'closed') return undefined;
    if (grace === 'met') continue;
    if (breaking.signal.aborted) return undefined;
    if (!job.isAttended) return brokenOff(job.adapter.name);
    const text = 'the turn was broken off; an answer goes on with it, as does a word in its terminal';
    control.onEvent?.({ kind: 'state', state: 'waiting', what: 'question', text, evidence: text });
    if ((await goOn(play, isBrokenOff)) === 'closed') return undefined;
  }
  const hasAnswer = (): boolean => hasSince(terminal, mark, 'answer');
  if (kind() === 'done') await terminal.waitFor(hasAnswer, ANSWER_GRACE_MS);
  const isTold = (): boolean => kind() !== 'error' || hasSince(terminal, mark, 'failure');
  if ((await terminal.waitFor(isTold, ANSWER_GRACE_MS)) === 'closed') return undefined;
  const { verdict } = terminal;
  const facts = terminal.facts.slice(mark);
  if (verdict.state.kind === 'error') return failedOutcome(facts, verdict, play.deps.clock.now());
  if (!hasAnswer()) return withoutAnswer(job.adapter.name);
  if (job.cli.keepsLate === true) await terminal.waitFor(() => isKept(terminal, mark), ANSWER_GRACE_MS);
  return answeredOutcome(facts);
}

/** Whether the last answer stands in the conversation's file: the two are told on ways of their own, in any order. */
function isKept(terminal: LiveTerminal, mark: number): boolean {
  const facts = terminal.facts.slice(mark);
  const answer = facts.findLast(({ kind }) => kind === 'answer');
  return facts.some(fact => fact.kind === 'kept' && answer?.kind === 'answer' && fact.text === answer.text);
}

/** Waits until a turn that was broken off goes on: by the person in its terminal, or by an answer, which is its next prompt. */
async function goOn(play: TurnPlay, isBrokenOff: () => boolean): Promise<WaitEnd> {
  const { terminal, control } = play;
  const over = new AbortController();
  const goesOn = terminal.waitFor(() => !isBrokenOff());
  const answer = await Promise.race([goesOn, control.nextAnswer?.(over.signal) ?? goesOn]);
  over.abort();
  if (typeof answer !== 'object') return await goesOn;
  const promptFile = join(play.place.folder, 'answer.md');
  await writeFile(promptFile, answer.text, { mode: 0o600 });
  const end = await submitText(play, answer.text, promptFile);
  return end === 'closed' ? 'closed' : 'met';
}

function submitText(play: TurnPlay, prompt: string, promptFile: string): Promise<SubmitEnd> {
  return submitPrompt({
    ...{ terminal: play.terminal, clock: play.deps.clock, prompt, promptFile },
    how: play.job.cli.submission(play.place),
    type: text => type(play, text),
  });
}

function hasSince(terminal: LiveTerminal, mark: number, kind: TurnFact['kind']): boolean {
  return terminal.facts.slice(mark).some(fact => fact.kind === kind);
}

async function type({ deps, job }: TurnPlay, text: string): Promise<void> {
  await deps.host.write(job.session, text);
}
