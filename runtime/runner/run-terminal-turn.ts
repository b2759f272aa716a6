/**
 * One turn in a CLI's own live terminal: its text interface is started or found again, the prompt is submitted by a
 * handshake, its end is told by the detector, its answer comes from hooks or events, never from the screen. The person who
 * watches may type at any time.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TurnOutcome, Usage } from '../agents/adapter.ts';
import { classifyFailure } from '../agents/failure-classes.ts';
import type { Verdict } from '../agents/terminal/detector.ts';
import type { TerminalCli, TerminalPlace, TerminalSetUp, TurnFact } from '../agents/terminal/terminal-cli.ts';
import type { SessionInfo } from '../pty-protocol.ts';
import { LiveTerminal } from './live-terminal.ts';
import { type RunnerDeps, runSession, type SessionEnd } from './run-session.ts';
import { failureText, type TurnControl, type TurnEnd, type TurnJob, writeFiles } from './run-turn.ts';
import { submitPrompt, waitUntilReady } from './submit-prompt.ts';
import { TextTail } from './text-tail.ts';

/** What a person answers to a CLI that waits. */
export interface GivenAnswer {
  readonly text: string;
  readonly isGranted: boolean;
}

/** A turn in a live terminal. */
export interface TerminalTurnJob extends TurnJob {
  readonly cli: TerminalCli;
  /** The terminal goes on after an answer: a next turn with the same `session` goes on in it. */
  readonly keepsTerminal: boolean;
  /** A person can be asked: a turn that waits or is broken off goes on waiting. */
  readonly isAttended: boolean;
}

/** How the caller takes part in such a turn. */
export interface TerminalTurnControl extends TurnControl {
  /** The next answer a person gives; asked for while the CLI waits. */
  nextAnswer?(signal: AbortSignal): Promise<GivenAnswer | undefined>;
}

/** Runs a turn to its end, or takes over one that is under way. */
export async function runTerminalTurn(
  deps: RunnerDeps,
  job: TerminalTurnJob,
  control: TerminalTurnControl,
): Promise<TurnEnd> {
  const place = placeOf(job);
  const setUp = job.cli.setUp(place);
  await writeMissing(place, setUp);
  const unwritable = await writeFiles(job.adapter.terminalCommand(job.request));
  if (unwritable !== undefined) return notWritten(unwritable);
  using terminal = new LiveTerminal({ cli: job.cli, clock: deps.clock, recordingFile: job.recordingFile });
  const turn = new TerminalTurn(deps, job, control, place, terminal);
  return await turn.run(setUp);
}

function notWritten(message: string): TurnEnd {
  const outcome = { kind: 'failed', reason: { kind: 'crashed' }, message } as const;
  return { kind: 'ended', outcome, tail: '', survivors: [], isOutputLost: false };
}

function placeOf(job: TerminalTurnJob): TerminalPlace {
  const folder = join(dirname(job.recordingFile), `${job.session}.channels`);
  return { folder, cwd: job.cwd, env: job.env, platform: job.request.platform };
}

/** Only what is not there yet: a terminal that is found again goes on with its files. */
async function writeMissing({ folder }: TerminalPlace, { files, channels }: TerminalSetUp): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const channel of channels) if (channel.kind === 'hooks') await mkdir(channel.dir, { recursive: true });
  for (const { path, text } of files) if (!existsSync(path)) await writeFile(path, text, { mode: 0o600 });
}

/** An answer may come so much later than the signs of the turn's end. */
const ANSWER_GRACE_MS = 3000;

class TerminalTurn {
  readonly #deps: RunnerDeps;
  readonly #job: TerminalTurnJob;
  readonly #control: TerminalTurnControl;
  readonly #place: TerminalPlace;
  readonly #terminal: LiveTerminal;
  readonly #tail = new TextTail();
  readonly #own = new AbortController();
  #outcome: TurnOutcome | undefined;
  #isCancelled = false;

  constructor(
    deps: RunnerDeps,
    job: TerminalTurnJob,
    control: TerminalTurnControl,
    place: TerminalPlace,
    terminal: LiveTerminal,
  ) {
    this.#deps = deps;
    this.#job = job;
    this.#control = control;
    this.#place = place;
    this.#terminal = terminal;
  }

  async run(setUp: TerminalSetUp): Promise<TurnEnd> {
    const { signal, hurry } = this.#control;
    const cancel = (): void => {
      this.#isCancelled = true;
      this.#own.abort(signal.reason);
    };
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    let conducted: Promise<void> = Promise.resolve();
    const { deadlineAt } = this.#job.limits;
    const end = await runSession(
      this.#deps,
      { spec: specOf(this.#job, setUp), limits: deadlineAt === undefined ? {} : { deadlineAt } },
      { feed: text => this.#feed(text) },
      {
        signal: this.#own.signal,
        ...(hurry === undefined ? {} : { hurry }),
        onOpen: (session, isNew) => {
          this.#control.onOpen?.(session, isNew);
          conducted = this.#conduct(setUp, session);
        },
      },
    );
    signal.removeEventListener('abort', cancel);
    await this.#terminal.drained();
    this.#terminal.close();
    await conducted;
    return this.#judge(end);
  }

  #feed(text: string) {
    this.#tail.add(text);
    return this.#terminal.feed(text);
  }

  /** Brings the turn to its outcome, then lets the session go or ends it. */
  async #conduct(setUp: TerminalSetUp, session: SessionInfo): Promise<void> {
    await this.#terminal.listen(setUp.channels, session.pid);
    this.#outcome = await this.#play();
    if (this.#outcome === undefined || this.#own.signal.aborted) return;
    const isKept = this.#job.keepsTerminal && this.#outcome.kind === 'answered';
    this.#own.abort(isKept ? 'closing' : 'the turn is over');
  }

  /** Undefined: the terminal is gone before there was an outcome. */
  async #play(): Promise<TurnOutcome | undefined> {
    using _told = new StateTeller(this.#terminal, this.#control);
    void this.#takeAnswers();
    const mark = await this.#markOf();
    if (!this.#hasSince(mark, 'submitted')) {
      const failed = await this.#submit();
      if (failed !== undefined) return failed === 'closed' ? undefined : failed;
    }
    // Awaited here: what tells the state is in use until the end.
    return await this.#finish(mark);
  }

  async #submit(): Promise<TurnOutcome | 'closed' | undefined> {
    const { startTimeoutMs } = this.#job.limits;
    const ready = await this.#untilReady(startTimeoutMs);
    if (ready === 'closed') return 'closed';
    const { name } = this.#job.adapter;
    if (ready === 'late')
      return noStart(`${name} was not ready for a prompt within ${(startTimeoutMs ?? 0) / 1000} s`);
    const { prompt, promptFile } = this.#job.request;
    const end = await submitPrompt({
      ...{ terminal: this.#terminal, clock: this.#deps.clock, prompt, promptFile },
      how: this.#job.cli.submission(this.#place),
      type: text => this.#type(text),
    });
    if (end === 'refused') return noStart(`${name} did not take the prompt`);
    return end === 'closed' ? 'closed' : undefined;
  }

  /** A CLI that asks something at its start waits for a person, who has all the time they need. */
  async #untilReady(timeoutMs: number | undefined): Promise<'ready' | 'late' | 'closed'> {
    for (;;) {
      const ready = await waitUntilReady(this.#terminal, timeoutMs);
      if (ready !== 'late' || this.#terminal.verdict.state.kind !== 'waiting') return ready;
      const end = await this.#terminal.waitFor(() => this.#terminal.verdict.state.kind !== 'waiting');
      if (end === 'closed') return 'closed';
    }
  }

  /** Waits for the end. A turn that is broken off is a person's to go on with, where there is one. */
  async #finish(mark: number): Promise<TurnOutcome | undefined> {
    const kind = (): string => this.#terminal.verdict.state.kind;
    const isBrokenOff = (): boolean => kind() === 'idle' && !this.#hasSince(mark, 'answer');
    const isEnd = (): boolean => kind() === 'done' || kind() === 'error' || kind() === 'idle';
    for (;;) {
      if ((await this.#terminal.waitFor(isEnd)) === 'closed') return undefined;
      await this.#terminal.drained();
      if (!isBrokenOff()) break;
      const grace = await this.#terminal.waitFor(() => !isBrokenOff(), ANSWER_GRACE_MS);
      if (grace === 'closed') return undefined;
      if (grace === 'met') continue;
      if (!this.#job.isAttended) return brokenOff(this.#job.adapter.name);
      const evidence = 'the turn was broken off: go on in its terminal';
      this.#control.onEvent?.({ kind: 'state', state: 'waiting', what: 'question', evidence });
      if ((await this.#terminal.waitFor(() => !isBrokenOff())) === 'closed') return undefined;
    }
    const { verdict } = this.#terminal;
    const facts = this.#terminal.facts.slice(mark);
    return verdict.state.kind === 'error' ? failedOutcome(facts, verdict) : answeredOutcome(facts);
  }

  /**
   * Number of facts there were before this turn's prompt. Noted beside the channels, so that a daemon that is started
   * again knows whether its prompt was taken.
   */
  async #markOf(): Promise<number> {
    await this.#terminal.drained();
    const file = join(this.#place.folder, 'turn.json');
    const key = this.#job.request.promptFile;
    const noted = await readMark(file, key);
    if (noted !== undefined) return noted;
    const mark = this.#terminal.facts.length;
    await writeFile(file, JSON.stringify({ key, mark }), { mode: 0o600 });
    return mark;
  }

  #hasSince(mark: number, kind: TurnFact['kind']): boolean {
    return this.#terminal.facts.slice(mark).some(fact => fact.kind === kind);
  }

  /** While the CLI waits, a person may answer from elsewhere: typed only where the key is known for sure. */
  async #takeAnswers(): Promise<void> {
    const isWaiting = (): boolean => this.#terminal.verdict.state.kind === 'waiting';
    for (;;) {
      if ((await this.#terminal.waitFor(isWaiting)) === 'closed') return;
      const over = new AbortController();
      const passed = this.#terminal.waitFor(() => !isWaiting());
      const given = this.#control.nextAnswer?.(over.signal) ?? passed;
      const answer = await Promise.race([passed, given]);
      over.abort();
      const keys = typeof answer === 'object' && isWaiting() ? this.#keysFor(answer) : undefined;
      if (keys !== undefined) await this.#type(keys);
      else if (typeof answer === 'object') this.#askAgain();
      // An answer that could not be typed leaves the question open; one that was is given a moment to work.
      const end = keys === undefined && typeof answer === 'object' ? 'late' : await passed;
      if (end === 'closed') return;
    }
  }

  #askAgain(): void {
    const { state } = this.#terminal.verdict;
    if (state.kind !== 'waiting') return;
    const evidence = 'this can only be answered in its terminal';
    this.#control.onEvent?.({ kind: 'state', state: 'waiting', what: state.what, evidence });
  }

  #keysFor({ text, isGranted }: GivenAnswer): string | undefined {
    const { state } = this.#terminal.verdict;
    if (state.kind !== 'waiting') return undefined;
    const { allow, refuse } = this.#job.cli.consentKeys;
    if (!isGranted) return refuse;
    if (state.what === 'permission') return allow;
    // A question's choices are numbered; words would go astray.
    return /^[1-9]$/.test(text.trim()) ? text.trim() : undefined;
  }

  async #type(text: string): Promise<void> {
    await this.#deps.host.write(this.#job.session, text);
  }

  #judge(end: SessionEnd): TurnEnd {
    const tail = this.#tail.text();
    if (end.kind === 'left' && this.#isCancelled) return { kind: 'left' };
    const survivors = end.kind === 'ended' ? end.survivors : [];
    if (this.#isCancelled && end.kind === 'ended' && end.by === 'stopped') {
      return { kind: 'stopped', tail, survivors };
    }
    const isOutputLost = end.kind === 'ended' && end.isOutputLost;
    const outcome = this.#outcome ?? this.#outcomeOf(end);
    return { kind: 'ended', outcome, tail, survivors, isOutputLost };
  }

  #outcomeOf(end: SessionEnd): TurnOutcome {
    const { name } = this.#job.adapter;
    switch (end.kind) {
      case 'lost':
        return {
          kind: 'failed',
          reason: { kind: 'lost' },
          message: `the terminal host is gone: ${end.message}`,
        };
      case 'not_started': {
        const isMissing = end.failure.kind === 'spawn_failed' && end.failure.code === 'ENOENT';
        const reason = isMissing
          ? ({ kind: 'unavailable', what: 'not_installed' } as const)
          : ({ kind: 'crashed' } as const);
        return { kind: 'failed', reason, message: failureText(end.failure) };
      }
      case 'left':
        return { kind: 'failed', reason: { kind: 'lost' }, message: 'the turn was left before its end' };
      case 'ended': {
        if (end.by === 'timed_out') {
          return {
            kind: 'failed',
            reason: { kind: 'timed_out' },
            message: 'stopped, with everything it had started',
          };
        }
        const { code = null, signal = null } = end.exit ?? {};
        const reason =
          code === null
            ? ({ kind: 'crashed', ...(signal === null ? {} : { signal }) } as const)
            : ({ kind: 'exit', code } as const);
        return { kind: 'failed', reason, message: `${name} ended before it answered` };
      }
    }
  }
}

/** Tells the state whenever it is another one. */
class StateTeller implements Disposable {
  readonly #stop = new AbortController();

  constructor(terminal: LiveTerminal, control: TerminalTurnControl) {
    void this.#tell(terminal, control);
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #tell(terminal: LiveTerminal, control: TerminalTurnControl): Promise<void> {
    let last: Verdict['state'] | undefined;
    for (;;) {
      const isNew = (): boolean => keyOf(terminal.verdict.state) !== (last && keyOf(last));
      if ((await terminal.waitFor(isNew)) === 'closed' || this.#stop.signal.aborted) return;
      const { state, evidence } = terminal.verdict;
      last = state;
      // Before its first word nothing is unknown that was known.
      if (evidence.length === 0) continue;
      control.onEvent?.({ kind: 'activity' });
      const words = evidence.map(({ source, text }) => `${source}: ${text}`).join('; ');
      if (state.kind === 'working' || state.kind === 'unknown') {
        control.onEvent?.({ kind: 'state', state: state.kind, evidence: words });
      }
      if (state.kind === 'waiting') {
        control.onEvent?.({ kind: 'state', state: 'waiting', what: state.what, evidence: words });
      }
    }
  }
}

function keyOf(state: Verdict['state']): string {
  return state.kind === 'waiting' ? `waiting ${state.what}` : state.kind;
}

function specOf(job: TerminalTurnJob, setUp: TerminalSetUp) {
  // The prompt is not on the command line: it is submitted when the CLI is ready, so that its beginning is seen.
  const command = job.adapter.terminalCommand({ ...job.request, prompt: '' });
  const mapping = job.adapter.permissions[job.request.permission];
  const [program = '', ...args] = command.argv;
  return {
    id: job.session,
    kind: 'pty',
    argv: [...(job.argvPrefix ?? []), program, ...args, ...setUp.args],
    cwd: job.cwd,
    env: { ...command.env, ...mapping.env, ...setUp.env, ...job.env },
    cols: job.cols,
    rows: job.rows,
    recordingFile: job.recordingFile,
    ...(job.mask === undefined ? {} : { mask: job.mask }),
    ...(job.title === undefined ? {} : { title: job.title }),
  } as const;
}

function noStart(message: string): TurnOutcome {
  return { kind: 'failed', reason: { kind: 'unavailable', what: 'no_start' }, message };
}

function brokenOff(name: string): TurnOutcome {
  const message = `${name} asked for what nobody was there to allow`;
  return { kind: 'failed', reason: { kind: 'permission_denied' }, message };
}

function answeredOutcome(facts: readonly TurnFact[]): TurnOutcome {
  const answer = facts.findLast(fact => fact.kind === 'answer')?.text ?? '';
  return { kind: 'answered', answer, ...learnt(facts) };
}

function failedOutcome(facts: readonly TurnFact[], { evidence }: Verdict): TurnOutcome {
  const failure = facts.findLast(fact => fact.kind === 'failure');
  const said = evidence.find(({ text }) => text.startsWith('error: '))?.text.slice('error: '.length);
  const message = failure?.message ?? said ?? 'the turn ended with an error; the terminal shows it';
  return {
    kind: 'failed',
    reason: classifyFailure({ message, status: failure?.status }),
    message,
    ...learnt(facts),
  };
}

function learnt(facts: readonly TurnFact[]): { readonly conversation?: string; readonly usage?: Usage } {
  const conversation = facts.findLast(fact => fact.kind === 'conversation')?.id;
  const used = facts.flatMap(fact => (fact.kind === 'usage' ? [fact.usage] : []));
  return {
    ...(conversation === undefined ? {} : { conversation }),
    ...(used.length === 0 ? {} : { usage: sumOf(used) }),
  };
}

function sumOf(used: readonly Usage[]): Usage {
  const sum = (of: (usage: Usage) => number | undefined): number =>
    used.reduce((total, usage) => total + (of(usage) ?? 0), 0);
  return {
    inputTokens: sum(usage => usage.inputTokens),
    outputTokens: sum(usage => usage.outputTokens),
    cacheReadTokens: sum(usage => usage.cacheReadTokens),
  };
}

async function readMark(file: string, key: string): Promise<number | undefined> {
  try {
    const noted: unknown = JSON.parse(await readFile(file, 'utf8'));
    const isMine = typeof noted === 'object' && noted !== null && 'key' in noted && noted.key === key;
    return isMine && 'mark' in noted && typeof noted.mark === 'number' ? noted.mark : undefined;
  } catch {
    return undefined;
  }
}
