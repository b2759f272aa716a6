/** One turn of a worker's model: its CLI is started in the PTY host, its output read by its adapter, its end judged. */
import { statSync } from 'node:fs';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type {
  AgentAdapter,
  AgentEvent,
  FailureReason,
  ProcessExit,
  TurnCommand,
  TurnOutcome,
  TurnReader,
  TurnRequest,
} from '../agents/adapter.ts';
import type { PtyFailure, SessionExit, SessionInfo, SessionSpec, Survivor } from '../pty-protocol.ts';
import { unreachable } from '../result.ts';
import { startsOf } from './channel-starts.ts';
import { type ErrorsFile, followErrors } from './follow-errors.ts';
import { createLiveReader } from './live-reader.ts';
import { fileTail } from './output-source.ts';
import { RetryPatience } from './retry-patience.ts';
import {
  type RunnerDeps,
  runSession,
  type SessionControl,
  type SessionEnd,
  type SessionEnder,
  type SessionSink,
  terminalLines,
} from './run-session.ts';
import { TextTail } from './text-tail.ts';
import type { WatchdogLimits } from './watchdogs.ts';

/** Everything about one turn. */
export interface TurnJob {
  /** See `sessionId`: the same turn always has the same id. */
  readonly session: string;
  readonly adapter: AgentAdapter;
  readonly request: TurnRequest;
  /** `terminal`: the CLI's own TUI, which ends when its user ends it. */
  readonly transport: 'terminal' | 'headless';
  /** What session plugins put before the CLI's own argv. */
  readonly argvPrefix?: readonly string[];
  readonly cwd: string;
  /** The worker's complete environment; it wins over what the adapter sets. */
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  /** Where the session is recorded (`.cast`). */
  readonly recordingFile: string;
  /** Secret texts that the recording hides. */
  readonly mask?: readonly string[];
  /** Where the raw output of a piped CLI goes; its stderr to the same name plus `.err`. */
  readonly outputFile: string;
  /** Title in the recording. */
  readonly title?: string;
  readonly limits: WatchdogLimits;
}

/** How the caller follows and ends a turn. */
export interface TurnControl extends SessionControl {
  /** What the adapter learns while the turn runs. After a restart of the daemon it is told again from the beginning. */
  onEvent?(event: AgentEvent): void;
}

/** How a turn ended. */
export type TurnEnd =
  | {
      readonly kind: 'ended';
      readonly outcome: TurnOutcome;
      /** Last lines of what a viewer saw and of stderr. */
      readonly tail: string;
      /** What could not be killed; to be reported, never hidden. */
      readonly survivors: readonly Survivor[];
      /** A full disk cost output: the answer may lack a part. */
      readonly isOutputLost: boolean;
    }
  /** By `signal` or `hurry`. What it used is in `outcome`, whatever that says. */
  | {
      readonly kind: 'stopped';
      readonly outcome?: TurnOutcome;
      readonly tail: string;
      readonly survivors: readonly Survivor[];
    }
  /** The daemon closes; the same job goes on with the next daemon. */
  | { readonly kind: 'left' };

/** Runs one turn to its end, or takes over one that is under way or has ended (see `runSession`). */
export async function runTurn(deps: RunnerDeps, job: TurnJob, control: TurnControl): Promise<TurnEnd> {
  const { adapter, request, transport } = job;
  const isLive = transport === 'terminal';
  const command = isLive ? adapter.terminalCommand(request) : adapter.headlessCommand(request);
  const reader = isLive ? createLiveReader(adapter) : adapter.createReader(request);
  const tail = new TextTail();
  const unwritten = await writeFiles(command);
  if (unwritten !== undefined) return failed({ kind: 'crashed' }, unwritten, tail);
  const gaveUp = new AbortController();
  const { retryTimeoutMs = Number.POSITIVE_INFINITY } = job.limits;
  using patience = new RetryPatience(deps.clock, retryTimeoutMs, () => gaveUp.abort('it only tries again'));
  const tell = (events: readonly AgentEvent[]): void => {
    for (const event of events) control.onEvent?.(event);
    patience.take(events);
  };
  using _errors =
    reader.feedErrors &&
    followErrors(deps.clock, await errorsFileOf(job), text => tell(reader.feedErrors?.(text) ?? []));
  const end = await runSession(
    deps,
    { spec: specOf(job, command), limits: limitsOf(job) },
    readerSink(reader, tail, command.kind, tell),
    { ...control, signal: AbortSignal.any([control.signal, gaveUp.signal]) },
  );
  const isGivenUp = gaveUp.signal.aborted && !control.signal.aborted;
  // Its own words about what it tried for are the reason.
  const own = isGivenUp && end.kind === 'ended' ? { ...end, by: 'itself' as const } : end;
  return judge(deps, job, command, reader, tail, own);
}

/** Where the CLI tells of failed requests. */
async function errorsFileOf({ adapter, request, cwd, env, outputFile }: TurnJob): Promise<ErrorsFile> {
  const place = { cwd: await realpath(cwd).catch(() => cwd), env };
  const file = adapter.errorsFile?.(request, place);
  if (file === undefined) return { file: `${outputFile}.err`, from: 0 };
  const starts = await startsOf(`${outputFile}.starts.json`, [file]);
  return { file, from: starts[file] ?? 0 };
}

/**
 * Writes what the CLI is to read; says why where that fails. The same turn writes the same files, so after a restart of
 * the daemon it changes nothing.
 */
export async function writeFiles({ files = {}, reportFile }: TurnCommand): Promise<string | undefined> {
  const paths = [...Object.keys(files), ...(reportFile === undefined ? [] : [reportFile])];
  try {
    for (const path of paths) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    for (const [path, text] of Object.entries(files)) await writeFile(path, text, { mode: 0o600 });
    return undefined;
  } catch (error) {
    return `its settings could not be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function specOf(job: TurnJob, command: TurnCommand): SessionSpec {
  const mapping = job.adapter.permissions[job.request.permission];
  return {
    id: job.session,
    kind: command.kind,
    argv: [...(job.argvPrefix ?? []), ...command.argv],
    cwd: job.cwd,
    env: { ...command.env, ...mapping.env, ...job.env },
    cols: job.cols,
    rows: job.rows,
    recordingFile: job.recordingFile,
    ...(job.mask === undefined ? {} : { mask: job.mask }),
    ...(command.kind === 'pipe' ? { outputFile: job.outputFile } : {}),
    ...(command.stdin === undefined ? {} : { inputFile: job.request.promptFile }),
    ...(job.title === undefined ? {} : { title: job.title }),
  };
}

/** Which watchdogs a CLI is under: silence may be normal for it. */
function limitsOf({ adapter, transport, limits }: TurnJob): WatchdogLimits {
  const { startTimeoutMs, stallTimeoutMs, deadlineAt } = limits;
  const deadline = deadlineAt === undefined ? {} : { deadlineAt };
  if (transport === 'terminal' || adapter.silence === 'always') return deadline;
  const stall = stallTimeoutMs === undefined ? deadline : { ...deadline, stallTimeoutMs };
  if (adapter.silence === 'start' || startTimeoutMs === undefined) return stall;
  return { ...stall, startTimeoutMs };
}

function readerSink(
  reader: TurnReader,
  tail: TextTail,
  kind: TurnCommand['kind'],
  tell: (events: readonly AgentEvent[]) => void,
): SessionSink {
  return {
    feed(text) {
      const events = reader.feed(text);
      tell(events);
      const transcript = events.map(event => (event.kind === 'transcript' ? event.text : '')).join('');
      tail.add(kind === 'pty' ? text : transcript);
      const isReady = events.some(event => event.kind === 'ready');
      return { isReady, isAlive: events.length > 0, transcript };
    },
  };
}

const STDERR_TAIL_BYTES = 8 * 1024;
const MAX_REPORT_BYTES = 1024 * 1024;

function exitOf(exit: SessionExit | undefined): ProcessExit {
  return exit === undefined
    ? { code: null, signal: null }
    : { code: exit.code, signal: exit.signal, at: exit.endedAt };
}

async function judge(
  deps: RunnerDeps,
  job: TurnJob,
  command: TurnCommand,
  reader: TurnReader,
  tail: TextTail,
  end: SessionEnd,
): Promise<TurnEnd> {
  switch (end.kind) {
    case 'left':
      return { kind: 'left' };
    case 'lost':
      return failed({ kind: 'lost' }, `the terminal host is gone: ${end.message}`, tail);
    case 'not_started':
      return failed(startFailure(end.failure, job.cwd), failureText(end.failure), tail);
    case 'ended': {
      const stderr =
        command.kind === 'pipe' ? await fileTail(`${job.outputFile}.err`, STDERR_TAIL_BYTES) : '';
      const exit = exitOf(end.exit);
      const report =
        command.reportFile === undefined ? undefined : await fileTail(command.reportFile, MAX_REPORT_BYTES);
      const outcome = overruled(reader.end(exit, stderr, report), end.by, job);
      if (command.kind === 'pipe') await renderEnd(deps, end.session, end.exit?.stdoutBytes, outcome);
      tail.add(stderr);
      const shared = { tail: tail.text(), survivors: end.survivors };
      if (end.by === 'stopped') return { kind: 'stopped', outcome, ...shared };
      return { kind: 'ended', outcome, ...shared, isOutputLost: end.isOutputLost };
    }
  }
}

function failed(reason: FailureReason, message: string, tail: TextTail): TurnEnd {
  const outcome = { kind: 'failed', reason, message } as const;
  return { kind: 'ended', outcome, tail: tail.text(), survivors: [], isOutputLost: false };
}

/** Where a watchdog ended the turn, its word counts; what the CLI says it used stays. */
function overruled(outcome: TurnOutcome, by: SessionEnder, job: TurnJob): TurnOutcome {
  const { usage, conversation } = outcome;
  const kept = {
    ...(usage === undefined ? {} : { usage }),
    ...(conversation === undefined ? {} : { conversation }),
  };
  const { startTimeoutMs = 0, stallTimeoutMs = 0 } = job.limits;
  const { name } = job.adapter;
  switch (by) {
    case 'itself':
    case 'stopped':
      return outcome;
    case 'timed_out':
      return {
        kind: 'failed',
        reason: { kind: 'timed_out' },
        message: 'stopped, with everything it had started',
        ...kept,
      };
    case 'no_start': {
      const message = `${name} gave no sign of life within ${startTimeoutMs / 1000} s`;
      return { kind: 'failed', reason: { kind: 'unavailable', what: 'no_start' }, message, ...kept };
    }
    case 'stalled': {
      const message = `${name} gave no sign of life for ${stallTimeoutMs / 1000} s`;
      return { kind: 'failed', reason: { kind: 'unavailable', what: 'stalled' }, message, ...kept };
    }
    default:
      return unreachable(by);
  }
}

function startFailure(failure: PtyFailure, cwd: string): FailureReason {
  const isProgram =
    failure.kind === 'spawn_failed' &&
    (failure.code === 'ENOENT' || failure.code === 'EACCES') &&
    statSync(cwd, { throwIfNoEntry: false })?.isDirectory() === true;
  return isProgram ? { kind: 'unavailable', what: 'not_installed' } : { kind: 'crashed' };
}

/** A failure of the PTY host in words. */
export function failureText(failure: PtyFailure): string {
  return 'message' in failure ? failure.message : `the terminal host refused: ${failure.kind}`;
}

/** Closes the transcript, with the reason where the turn failed before it could say anything. */
async function renderEnd(
  deps: RunnerDeps,
  session: SessionInfo,
  stdoutBytes: number | undefined,
  outcome: TurnOutcome,
): Promise<void> {
  const text = outcome.kind === 'failed' ? terminalLines(`\n${outcome.message}\n`) : '';
  // One past the last byte: beyond whatever was rendered of the output itself, and the same after a restart.
  await deps.host.render(session.id, text, (stdoutBytes ?? session.renderedTo) + 1, true);
}
