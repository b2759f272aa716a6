/** Follows a run to its end: shows it, asks what it needs, passes Ctrl-C on, says at the end what came out. */
import type { DaemonClient } from '../../daemon/client.ts';
import type { EventKind, RunEvent } from '../../engine/events.ts';
import { exitCodeOf } from '../../engine/failure-texts.ts';
import { RunViewBuilder } from '../../engine/run-view-builder.ts';
import type { Plan } from '../../plan/plan.ts';
import { err, ok, type Result } from '../../result.ts';
import { call, connect } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { type CliFailure, failed } from '../failure.ts';
import type { OptionSpec, VerbContext } from '../verb.ts';
import { type Interrupt, Interrupts } from './interrupts.ts';
import { createPresenter, type Presenter } from './presenter.ts';
import { Questions } from './questions.ts';
import { renderSummary } from './summary.ts';

/** The run to follow. */
export interface FollowedRun {
  readonly run: string;
  /** Absolute path of the run's folder. */
  readonly dir: string;
  readonly plan: Plan;
}

/** Connections in a row that end without a single event before following gives up. */
const MAX_EMPTY_CONNECTIONS = 5;

/** A CLI that goes on was answered in its terminal. */
const changesNeeds: ReadonlySet<EventKind> = new Set([
  'gate-opened',
  'gate-approved',
  'pick-opened',
  'picked',
  'answer-needed',
  'answer-given',
  'turn-alive',
  'turn-unknown',
  'turn-ended',
  'worker-ended',
  'phase-ended',
  'run-ended',
]);

/** Shows the run until it ends or the person leaves it. Gives its exit code (design §6), 130 if it was left. */
export async function followRun(
  daemon: DaemonClient,
  followed: FollowedRun,
  context: VerbContext,
): Promise<Result<number, CliFailure>> {
  const builder = new RunViewBuilder(followed.plan);
  const connection: Connection = { daemon };
  const watched = await watch(connection, followed.run, context, builder);
  // The first connection is the caller's to close; one that was made meanwhile is ours.
  if (connection.daemon !== daemon) connection.daemon.close();
  if (!watched.ok) return watched;
  const view = builder.view;
  if (watched.value === 'left' || view.outcome === undefined) return ok(exitCodes.stopped);
  if (!context.args.flag('json'))
    context.terminal.stdout.write(renderSummary(view, followed.dir, context.terminal.stdout.style));
  return ok(exitCodeOf(view.outcome));
}

/** The connection that is in use: made again when the daemon dies. */
interface Connection {
  daemon: DaemonClient;
}

async function watch(
  connection: Connection,
  run: string,
  context: VerbContext,
  builder: RunViewBuilder,
): Promise<Result<'ended' | 'left', CliFailure>> {
  const { terminal } = context;
  const left = new AbortController();
  using presenter = createPresenter(terminal, context.args.flag('json'), () => builder.view);
  using interrupts = new Interrupts(interrupt => {
    onInterrupt(interrupt, connection.daemon, run, presenter, () => left.abort());
  });
  const port = { terminal, run, presenter, daemon: () => connection.daemon, onInterrupt: interrupts.raise };
  const questions = terminal.isInteractive ? new Questions(port) : undefined;
  const end = await readEvents(connection, run, context, left.signal, event => {
    builder.apply(event);
    presenter.show(event);
    if (changesNeeds.has(event.kind)) questions?.update(builder.view.needs);
  });
  questions?.close();
  if (!end.ok) return end;
  return ok(left.signal.aborted ? 'left' : 'ended');
}

/** Hands every event to `take`. The daemon may die meanwhile: it is started again, and following goes on where it was. */
async function readEvents(
  connection: Connection,
  run: string,
  context: VerbContext,
  signal: AbortSignal,
  take: (event: RunEvent) => void,
): Promise<Result<void, CliFailure>> {
  let next = 1;
  for (let empty = 0; empty < MAX_EMPTY_CONNECTIONS; empty++) {
    const events = await connection.daemon.follow(run, next, signal);
    let last: RunEvent | undefined;
    if (events.ok) {
      for await (const event of events.value) {
        take(event);
        last = event;
        next = event.seq + 1;
        empty = 0;
      }
    }
    if (signal.aborted || last?.kind === 'run-ended') return ok(undefined);
    if (!events.ok && events.failure.code !== 'daemon-lost') return err(failed(events.failure.message));
    const again = await connect(context);
    if (!again.ok) return again;
    connection.daemon.close();
    connection.daemon = again.value;
  }
  return err(
    failed(
      'the daemon does not stay alive',
      'look at its log: niia daemon status',
      `the run: niia show ${run}`,
    ),
  );
}

function onInterrupt(
  interrupt: Interrupt,
  daemon: DaemonClient,
  run: string,
  presenter: Presenter,
  leave: () => void,
): void {
  switch (interrupt) {
    case 'polite':
      presenter.say('stopping politely; Ctrl-C again: now\n');
      void call(daemon, 'run/stop', { run, how: 'polite' });
      return;
    case 'now':
      presenter.say('stopping now; Ctrl-C again: leave it to the daemon\n');
      void call(daemon, 'run/stop', { run, how: 'now' });
      return;
    case 'leave':
      presenter.say(`left; look at it again: niia show ${run}\n`);
      leave();
  }
}

/** Options of every verb that follows a run. */
export const followOptions: Readonly<Record<string, OptionSpec>> = {
  detach: { type: 'flag', help: 'do not follow it: print its id and leave it to the daemon' },
  json: { type: 'flag', help: 'one event a line on stdout' },
};

/** Follows a run that is under way, or with `--detach` says only which it is. */
export async function followOrDetach(
  daemon: DaemonClient,
  run: string,
  context: VerbContext,
): Promise<Result<number, CliFailure>> {
  const shown = await call(daemon, 'run/show', { run });
  if (!shown.ok) return shown;
  const { plan, dir } = shown.value;
  if (!context.args.flag('detach')) return await followRun(daemon, { run, dir, plan }, context);
  const { stdout, stderr } = context.terminal;
  stdout.write(context.args.flag('json') ? `${JSON.stringify({ run, dir })}\n` : `${run}\n`);
  stderr.write(`it goes on in the background; look: niia show ${run}\n`);
  return ok(exitCodes.succeeded);
}
