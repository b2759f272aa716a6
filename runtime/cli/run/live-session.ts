/** Follows the run of a file without phases: its one session is in the user's own terminal (spec §2). */
import type { DaemonClient } from '../../daemon/client.ts';
import type { RunEvent } from '../../engine/events.ts';
import { exitCodeOf } from '../../engine/failure-texts.ts';
import { RunViewBuilder } from '../../engine/run-view-builder.ts';
import { err, ok, type Result } from '../../result.ts';
import { attachToSession } from '../attach/attached-session.ts';
import { call, fromDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CliFailure } from '../failure.ts';
import type { VerbContext } from '../verb.ts';
import { renderEventLine } from './event-lines.ts';
import { Interrupts } from './interrupts.ts';
import { renderSummary } from './summary.ts';

/** Puts the user into the run's session as soon as it is there; says what came out once the run has ended. */
export async function followInTerminal(
  daemon: DaemonClient,
  run: string,
  context: VerbContext,
): Promise<Result<number, CliFailure>> {
  const shown = await call(daemon, 'run/show', { run });
  if (!shown.ok) return shown;
  const { plan, dir } = shown.value;
  const { stdout, stderr } = context.terminal;
  const events = await daemon.follow(run, 1);
  if (!events.ok) return err(fromDaemon(events.failure));
  const builder = new RunViewBuilder(plan);
  using _interrupts = new Interrupts(interrupt => {
    if (interrupt === 'leave') process.exit(exitCodes.stopped);
    void call(daemon, 'run/stop', { run, how: interrupt });
  });
  for await (const event of events.value) {
    builder.apply(event);
    if (!isLiveSession(event)) {
      // What goes wrong before and after the session has to be seen; all else would only disturb.
      if (event.kind === 'note') stderr.write(`${renderEventLine(event, stderr.style)}\n`);
      continue;
    }
    const end = await attachToSession(context, daemon, event.session);
    if (!end.ok) return end;
    if (end.value.kind === 'detached') {
      stderr.write(`left; it goes on. Back: niia attach ${run} ${event.worker}\n`);
      return ok(exitCodes.succeeded);
    }
  }
  const view = builder.view;
  stdout.write(renderSummary(view, dir, stdout.style));
  return ok(view.outcome === undefined ? exitCodes.failed : exitCodeOf(view.outcome));
}

function isLiveSession(event: RunEvent): event is RunEvent & { readonly kind: 'session-opened' } {
  return event.kind === 'session-opened' && event.purpose === 'turn';
}
