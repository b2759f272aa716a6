/**
 * One turn in a CLI's own live terminal: its text interface is started or found again, the prompt is submitted by a
 * handshake, its end is told by the detector, its answer comes from hooks or events, never from the screen. The person who
 * watches may type at any time.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TurnOutcome } from '../agents/adapter.ts';
import type { TerminalPlace, TerminalSetUp } from '../agents/terminal/terminal-cli.ts';
import type { SessionInfo } from '../pty-protocol.ts';
import { breakOff } from './break-off.ts';
import { channelsFromStart } from './channel-starts.ts';
import { LiveTerminal } from './live-terminal.ts';
import { localServer } from './local-server.ts';
import { playTurn } from './play-turn.ts';
import { type RunnerDeps, runSession, type SessionEnd } from './run-session.ts';
import { type TurnEnd, writeFiles } from './run-turn.ts';
import { StartDialogAnswer } from './start-dialog.ts';
import { terminalGone } from './terminal-outcome.ts';
import type { TerminalTurnControl, TerminalTurnJob } from './terminal-turn-job.ts';
import { screenTail, TextTail } from './text-tail.ts';
import { TurnSpending } from './turn-spending.ts';
import { WorkTime } from './work-time.ts';

/** A CLI paints its screen so much later than it tells by other ways that its turn is over. */
const PAINT_MS = 300;

/** Runs a turn to its end, or takes over one that is under way. */
export async function runTerminalTurn(
  deps: RunnerDeps,
  job: TerminalTurnJob,
  control: TerminalTurnControl,
): Promise<TurnEnd> {
  const place = await placeOf(job);
  const setUp = job.cli.setUp(place);
  await writeMissing(place, setUp);
  const channels = await channelsFromStart(place, setUp.channels);
  const unwritable = await writeFiles(job.adapter.terminalCommand(job.request));
  if (unwritable !== undefined) return notWritten(unwritable);
  const dialog = job.cli.startDialog?.(place);
  using terminal = new LiveTerminal({
    ...{ cli: job.cli, place, clock: deps.clock, recordingFile: job.recordingFile },
    startDialog: dialog && new StartDialogAnswer(dialog, keys => void deps.host.write(job.session, keys)),
  });
  const turn = new TerminalTurn(deps, job, control, place, terminal);
  return await turn.run({ ...setUp, channels });
}

function notWritten(message: string): TurnEnd {
  const outcome = { kind: 'failed', reason: { kind: 'crashed' }, message } as const;
  return { kind: 'ended', outcome, tail: '', survivors: [], isOutputLost: false };
}

async function placeOf(job: TerminalTurnJob): Promise<TerminalPlace> {
  const folder = join(dirname(job.recordingFile), `${job.session}.channels`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const server = job.cli.needsServer === true ? { server: await localServer(folder) } : {};
  const { platform, conversation, model } = job.request;
  const told = {
    ...(conversation === undefined ? {} : { conversation: conversation.id }),
    ...(model === undefined ? {} : { model }),
  };
  return { folder, cwd: job.cwd, env: job.env, platform, ...told, ...server };
}

/** Only what is not there yet: a terminal that is found again goes on with its files. */
async function writeMissing({ folder }: TerminalPlace, { files, channels }: TerminalSetUp): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const channel of channels) if (channel.kind === 'hooks') await mkdir(channel.dir, { recursive: true });
  for (const { path, text } of files) if (!existsSync(path)) await writeFile(path, text, { mode: 0o600 });
}

class TerminalTurn {
  readonly #deps: RunnerDeps;
  readonly #job: TerminalTurnJob;
  readonly #control: TerminalTurnControl;
  readonly #time: WorkTime;
  readonly #place: TerminalPlace;
  readonly #terminal: LiveTerminal;
  readonly #spending: TurnSpending;
  readonly #tail = new TextTail();
  readonly #own = new AbortController();
  readonly #breaking = new AbortController();
  #outcome: TurnOutcome | undefined;
  /** The screen of a turn that failed: once its CLI is ended, it shows nothing of the turn any more. */
  #lastShown = '';
  #isCancelled = false;
  #isTimedOut = false;

  constructor(
    deps: RunnerDeps,
    job: TerminalTurnJob,
    control: TerminalTurnControl,
    place: TerminalPlace,
    terminal: LiveTerminal,
  ) {
    this.#deps = deps;
    this.#job = job;
    this.#time = new WorkTime(deps.clock, job.limits.deadlineAt ?? Number.POSITIVE_INFINITY, () => {
      this.#isTimedOut = true;
      this.#own.abort('the time is up');
    });
    this.#control = {
      ...control,
      onEvent: event => {
        if (job.isAttended) this.#time.take(event);
        control.onEvent?.(event);
      },
    };
    this.#place = place;
    this.#terminal = terminal;
    this.#spending = new TurnSpending(terminal, this.#control);
  }

  async run(setUp: TerminalSetUp): Promise<TurnEnd> {
    const { signal, hurry } = this.#control;
    const cancel = (): void => void this.#cancel(signal.reason);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    let conducted: Promise<void> = Promise.resolve();
    const end = await runSession(
      this.#deps,
      // Its time is the turn's, not the session's: it stands still now and then.
      { spec: specOf(this.#job, setUp), limits: {} },
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
    this.#time[Symbol.dispose]();
    await this.#terminal.drained();
    this.#terminal.close();
    await conducted;
    return this.#judge(end);
  }

  /** Stops politely: first by the CLI's own key, then by signals. */
  async #cancel(reason: unknown): Promise<void> {
    this.#isCancelled = true;
    if (reason !== 'closing') {
      this.#breaking.abort();
      const { session, cli } = this.#job;
      await breakOff(this.#terminal, cli.interruptKeys, async text => {
        await this.#deps.host.write(session, text);
      });
    }
    this.#own.abort(reason);
  }

  #feed(text: string) {
    this.#tail.add(text);
    return this.#terminal.feed(text);
  }

  /** Brings the turn to its outcome, then lets the session go or ends it. */
  async #conduct(setUp: TerminalSetUp, session: SessionInfo): Promise<void> {
    this.#terminal.listen(setUp.channels, session.pid);
    this.#outcome = await playTurn({
      ...{ deps: this.#deps, job: this.#job, control: this.#control },
      ...{ place: this.#place, terminal: this.#terminal, spending: this.#spending },
      breaking: this.#breaking,
    });
    if (this.#outcome?.kind === 'failed') this.#lastShown = await this.#shownAtEnd();
    if (this.#outcome === undefined || this.#own.signal.aborted) return;
    const isKept = this.#job.keepsTerminal && this.#outcome.kind === 'answered';
    this.#own.abort(isKept ? 'closing' : 'the turn is over');
  }

  async #shownAtEnd(): Promise<string> {
    await this.#terminal.waitFor(() => false, PAINT_MS);
    return screenTail(await this.#terminal.shown());
  }

  #judge(session: SessionEnd): TurnEnd {
    const isOutOfTime = this.#isTimedOut && session.kind === 'ended';
    const end = isOutOfTime ? { ...session, by: 'timed_out' as const } : session;
    const tail = this.#lastShown === '' ? this.#tail.text() : this.#lastShown;
    if (end.kind === 'left' && this.#isCancelled) return { kind: 'left' };
    const survivors = end.kind === 'ended' ? end.survivors : [];
    const usage = this.#spending.total();
    const isSubmitted = this.#terminal.facts.some(({ kind }) => kind === 'submitted');
    const outcome = {
      ...(this.#outcome ?? terminalGone(end, this.#job.adapter.name, isSubmitted)),
      ...(usage === undefined ? {} : { usage }),
    };
    if (this.#isCancelled && end.kind === 'ended' && end.by === 'stopped') {
      return { kind: 'stopped', outcome, tail, survivors };
    }
    const isOutputLost = end.kind === 'ended' && end.isOutputLost;
    return { kind: 'ended', outcome, tail, survivors, isOutputLost };
  }
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
    env: { ...command.env, ...mapping.env, ...setUp.env, ...job.env, ...setUp.extendedEnv },
    cols: job.cols,
    rows: job.rows,
    recordingFile: job.recordingFile,
    ...(job.mask === undefined ? {} : { mask: job.mask }),
    ...(job.title === undefined ? {} : { title: job.title }),
  } as const;
}
