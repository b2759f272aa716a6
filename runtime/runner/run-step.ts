/** One deterministic command of a phase (spec §5.3) in the PTY host: argv as it is, never through a shell. */
import { resolve } from 'node:path';
import type { FailureReason } from '../agents/adapter.ts';
import { CollectedText } from '../agents/collected-text.ts';
import type { PlannedStep } from '../plan/plan.ts';
import type { SessionExit, SessionInfo, SessionSpec, Survivor } from '../pty-protocol.ts';
import { unreachable } from '../result.ts';
import { type RunnerDeps, runSession, type SessionControl, type SessionEnd } from './run-session.ts';
import { failureText } from './run-turn.ts';
import { readStep, type StepReading } from './step-rules.ts';
import { TextTail } from './text-tail.ts';

/** Everything about one step. */
export interface StepJob {
  /** See `sessionId`. */
  readonly session: string;
  /** Placeholders in `args` expanded. */
  readonly step: PlannedStep;
  /** Names of all steps of the phase: a `next` that is one of them runs. */
  readonly stepNames: ReadonlySet<string>;
  /** What session plugins put before the step's own argv. */
  readonly argvPrefix?: readonly string[];
  /** The worker's directory; the step's own `cwd` is resolved from it. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  readonly recordingFile: string;
  /** Secret texts that the recording hides. */
  readonly mask?: readonly string[];
  /** End of the worker's time, in milliseconds since 1970. */
  readonly deadlineAt?: number;
}

/** How a step ended. */
export type StepEnd =
  | {
      readonly kind: 'ended';
      readonly exit: { readonly code: number | null; readonly signal: string | null };
      readonly durationMs: number;
      /** Plain text, bounded. */
      readonly output: string;
      readonly reading: StepReading;
      readonly failure?: { readonly reason: FailureReason; readonly message: string; readonly tail: string };
      readonly survivors: readonly Survivor[];
    }
  | { readonly kind: 'stopped'; readonly output: string; readonly survivors: readonly Survivor[] }
  | { readonly kind: 'left' };

type StepFailure = { readonly reason: FailureReason; readonly message: string };

/** Runs one step to its end, or takes over one that is under way or has ended. */
export async function runStep(deps: RunnerDeps, job: StepJob, control: SessionControl): Promise<StepEnd> {
  const output = new CollectedText();
  const tail = new TextTail();
  const sink = {
    feed(text: string) {
      output.add(text);
      tail.add(text);
      return { isReady: true, isAlive: true, transcript: '' };
    },
  };
  const { deadlineAt } = job;
  const { timeoutMs } = job.step;
  const end = await runSession(
    deps,
    {
      spec: specOf(job),
      limits: deadlineAt === undefined ? {} : { deadlineAt },
      ...(timeoutMs === undefined ? {} : { lifetimeMs: timeoutMs }),
    },
    sink,
    control,
  );
  return judge(job, end, output.text(), tail.text());
}

function specOf(job: StepJob): SessionSpec {
  const { binary, args, cwd = '.', name } = job.step;
  return {
    id: job.session,
    kind: 'pty',
    argv: [...(job.argvPrefix ?? []), binary, ...args],
    cwd: resolve(job.cwd, cwd),
    env: { ...job.env },
    cols: job.cols,
    rows: job.rows,
    recordingFile: job.recordingFile,
    ...(job.mask === undefined ? {} : { mask: job.mask }),
    title: name,
  };
}

function judge(job: StepJob, end: SessionEnd, output: string, tail: string): StepEnd {
  switch (end.kind) {
    case 'left':
      return { kind: 'left' };
    case 'lost':
      return unstarted(
        { reason: { kind: 'lost' }, message: `the terminal host is gone: ${end.message}` },
        tail,
      );
    case 'not_started':
      // What a shell says of a program it cannot find.
      return unstarted({ reason: { kind: 'exit', code: 127 }, message: failureText(end.failure) }, tail);
    case 'ended':
      if (end.by === 'stopped') return { kind: 'stopped', output, survivors: end.survivors };
      return ended(job, end, output, tail);
    default:
      return unreachable(end);
  }
}

function unstarted(failure: StepFailure, tail: string): StepEnd {
  const reading: StepReading = {
    lines: 0,
    matched: [],
    suggestions: [],
    next: [],
    isFailure: true,
    notes: [],
  };
  const exit = { code: null, signal: null };
  const failed = { ...failure, tail };
  return { kind: 'ended', exit, durationMs: 0, output: '', reading, failure: failed, survivors: [] };
}

function ended(
  job: StepJob,
  end: Extract<SessionEnd, { kind: 'ended' }>,
  output: string,
  tail: string,
): StepEnd {
  const { code = null, signal = null } = end.exit ?? {};
  const reading = readStep(job.step.rules, { code, output }, job.stepNames);
  const failure = failureOf(job, end, reading);
  return {
    kind: 'ended',
    exit: { code, signal },
    durationMs: durationOf(end.session, end.exit),
    output,
    reading,
    ...(failure === undefined ? {} : { failure: { ...failure, tail } }),
    survivors: end.survivors,
  };
}

function failureOf(
  job: StepJob,
  end: Extract<SessionEnd, { kind: 'ended' }>,
  reading: StepReading,
): StepFailure | undefined {
  const { name } = job.step;
  if (end.by !== 'itself') return { reason: { kind: 'timed_out' }, message: `step "${name}" took too long` };
  if (!reading.isFailure) return undefined;
  const { code = null, signal } = end.exit ?? {};
  if (code !== null) {
    return { reason: { kind: 'exit', code }, message: `step "${name}" ended with code ${code}` };
  }
  const words = signal ?? 'unknown';
  return {
    reason: { kind: 'crashed', signal: words },
    message: `step "${name}" was ended by signal ${words}`,
  };
}

function durationOf(session: SessionInfo, exit: SessionExit | undefined): number {
  if (exit === undefined) return 0;
  return Math.max(0, Date.parse(exit.endedAt) - Date.parse(session.startedAt));
}
