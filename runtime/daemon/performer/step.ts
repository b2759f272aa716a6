/** One deterministic command of a worker (spec §5.3). */
import { join } from 'node:path';
import type { Command } from '../../engine/commands.ts';
import type { EventData } from '../../engine/events.ts';
import type { PerformContext } from '../../engine/performer.ts';
import { runStep, type StepEnd, type StepJob } from '../../runner/run-step.ts';
import { whenDiskHasRoom } from '../disk-patience.ts';
import { createReportQueue } from '../report-queue.ts';
import { expandText } from '../route-texts.ts';
import { writeWhole } from '../run-dir.ts';
import { isLostSession, LOST, type RunServices, type WorkerCase, workerCase } from '../run-services.ts';
import { sessionId } from '../session-id.ts';
import { promptValues } from '../turn-texts.ts';
import { deadlineOf, sessionOf, WORKER_TERMINAL, workerEnvironment } from '../worker-session.ts';

type StepCommand = Extract<Command, { readonly kind: 'step' }>;
type StepEnded = { readonly kind: 'step-ended' } & EventData<'step-ended'>;

/** Runs the step, or takes over the one that is under way since before a restart. */
export async function performStep(
  services: RunServices,
  command: StepCommand,
  context: PerformContext,
): Promise<void> {
  const one = workerCase(context.plan, context.currentState(), command.worker);
  const reports = createReportQueue(context);
  const job = await jobOf(services, command, context, one);
  if ('kind' in job) {
    reports.add(job);
    return reports.flush();
  }
  if (await isLostSession(services, one, job.session)) {
    reports.add(failedStep(command, LOST));
    return reports.flush();
  }
  const end = await runStep(services.runner, job, {
    signal: context.signal,
    onOpen: () =>
      reports.add({
        kind: 'session-opened',
        worker: command.worker,
        attempt: command.attempt,
        session: job.session,
        purpose: 'step',
        transport: 'headless',
      }),
  });
  await reports.flush();
  if (end.kind !== 'ended') return;
  const ended = await whenDiskHasRoom(
    () => keepOutput(services, command, job.session, end),
    context.signal,
    error => services.log.error(`output of step ${job.session} waits for room`, error),
  );
  if (ended !== undefined) await context.emit(ended);
}

async function jobOf(
  services: RunServices,
  command: StepCommand,
  context: PerformContext,
  one: WorkerCase,
): Promise<StepJob | StepEnded> {
  const step = one.phase.steps.find(({ name }) => name === command.step);
  if (step === undefined) throw new Error(`phase "${one.phase.name}" has no step "${command.step}"`);
  const place = await sessionOf(services, context, one);
  if (!place.ok) return failedStep(command, place.failure);
  const values = await promptValues(services, context, one);
  const purpose = { kind: 'step', step: step.name } as const;
  const session = sessionId(services.run, command.worker, command.attempt, purpose);
  const deadlineAt = deadlineOf(one, context, place.value);
  return {
    session,
    step: { ...step, args: step.args.map(arg => expandText(arg, values)) },
    stepNames: new Set(one.phase.steps.map(({ name }) => name)),
    argvPrefix: place.value.argvPrefix,
    cwd: place.value.cwd,
    env: workerEnvironment(services, one, place.value),
    ...WORKER_TERMINAL,
    recordingFile: join(services.dir.sessions, `${session}.cast`),
    mask: services.secrets.hidden(),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
  };
}

async function keepOutput(
  services: RunServices,
  command: StepCommand,
  session: string,
  end: StepEnd & { readonly kind: 'ended' },
): Promise<StepEnded> {
  const outputFile = `steps/${session}.txt`;
  await writeWhole(join(services.dir.root, outputFile), end.output);
  const { redact } = services.secrets;
  const { exit, durationMs, reading, failure } = end;
  return {
    kind: 'step-ended',
    worker: command.worker,
    attempt: command.attempt,
    step: command.step,
    exit,
    durationMs,
    lines: reading.lines,
    matched: [...reading.matched],
    suggestions: reading.suggestions.map(redact),
    next: [...reading.next],
    ...(failure === undefined
      ? {}
      : {
          failure: { reason: failure.reason, message: redact(failure.message), tail: redact(failure.tail) },
        }),
    outputFile,
  };
}

function failedStep(
  command: StepCommand,
  failure: Omit<NonNullable<StepEnded['failure']>, 'tail'>,
): StepEnded {
  const { worker, attempt, step } = command;
  return {
    kind: 'step-ended',
    worker,
    attempt,
    step,
    exit: { code: null, signal: null },
    durationMs: 0,
    lines: 0,
    matched: [],
    suggestions: [],
    next: [],
    failure: { ...failure, tail: '' },
    outputFile: '',
  };
}
