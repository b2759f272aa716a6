/** Makes sure that nothing of an attempt runs any more (spec §3 `timeout_ms`: interrupt, terminate, kill of the tree). */
import type { Command } from '../../engine/commands.ts';
import type { PerformContext } from '../../engine/performer.ts';
import { STOP_GRACE_MS } from '../../runner/run-session.ts';
import { type RunServices, workerCase } from '../run-services.ts';
import { sessionId } from '../session-id.ts';

/** Ends every session the attempt can have; those that are not there are skipped. */
export async function performStop(
  services: RunServices,
  command: Extract<Command, { readonly kind: 'stop' }>,
  context: PerformContext,
): Promise<void> {
  const { worker: key, attempt } = command;
  const { host } = services.runner;
  const ids = possibleSessions(services, command, context);
  // A turn that is not wanted any more ends its terminal itself, in its CLI's own way; a signal now would come before that.
  if (command.how === 'polite') await Promise.allSettled(ids.map(id => services.liveTurns.get(id)));
  const ends = await Promise.all(
    ids.map(id => (command.how === 'now' ? host.kill(id) : host.stop(id, STOP_GRACE_MS))),
  );
  if (context.signal.aborted) return;
  const survivors = ends.flatMap(end => (end.ok ? end.value.survivors.map(({ pid }) => pid) : []));
  await context.emit({
    kind: 'worker-quiet',
    worker: key,
    attempt,
    ...(survivors.length === 0 ? {} : { survivors: [...new Set(survivors)] }),
  });
}

/** Also such as the journal does not name: a process may have been opened right before a crash. */
function possibleSessions(
  services: RunServices,
  { worker: key, attempt }: Extract<Command, { readonly kind: 'stop' }>,
  context: PerformContext,
): readonly string[] {
  const { worker, phase } = workerCase(context.plan, context.currentState(), key);
  const turns = worker.work.turn?.number ?? 0;
  return [
    sessionId(services.run, key, attempt, { kind: 'setup' }),
    ...phase.steps.map(({ name }) => sessionId(services.run, key, attempt, { kind: 'step', step: name })),
    ...Array.from({ length: turns }, (_, i) =>
      sessionId(services.run, key, attempt, { kind: 'turn', turn: i + 1 }),
    ),
  ];
}
