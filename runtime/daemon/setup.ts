/** Runs `session.setup` in a new worktree, before its first worker (spec §3). */
import { join } from 'node:path';
import type { Command } from '../engine/commands.ts';
import type { PerformContext } from '../engine/performer.ts';
import { runSession, type SessionEnd, type SessionSink } from '../runner/run-session.ts';
import { failureText } from '../runner/run-turn.ts';
import { TextTail } from '../runner/text-tail.ts';
import type { SetupRunner } from '../session/session-plugin.ts';
import type { RunServices, WorkerCase } from './run-services.ts';
import { sessionId } from './session-id.ts';
import { deadlineOf, WORKER_TERMINAL, workerEnvironment } from './worker-session.ts';

/**
 * Runs the setup in the PTY host, or takes over the one that is under way since before a restart. Throws when the daemon
 * ends meanwhile: the setup goes on, and so must what was made for it.
 */
export function setupRunner(
  services: RunServices,
  { worker, attempt }: Extract<Command, { readonly kind: 'prepare' }>,
  context: PerformContext,
  one: WorkerCase,
): SetupRunner {
  return async (argv, config) => {
    const session = sessionId(services.run, worker, attempt, { kind: 'setup' });
    const tail = new TextTail();
    const deadlineAt = deadlineOf(one, context, config);
    await context.emit({
      kind: 'session-opened',
      worker,
      attempt,
      session,
      purpose: 'setup',
      transport: 'headless',
    });
    const end = await runSession(
      services.runner,
      {
        spec: {
          id: session,
          kind: 'pty',
          argv: [...argv],
          cwd: config.cwd,
          env: { ...workerEnvironment(services, one, config) },
          ...WORKER_TERMINAL,
          recordingFile: join(services.dir.sessions, `${session}.cast`),
          mask: services.secrets.hidden(),
          title: `setup of ${worker}`,
        },
        limits: deadlineAt === undefined ? {} : { deadlineAt },
      },
      tailSink(tail),
      { signal: context.signal },
    );
    return verdict(end, tail);
  };
}

function verdict(end: SessionEnd, tail: TextTail): Awaited<ReturnType<SetupRunner>> {
  switch (end.kind) {
    case 'left':
      throw new Error('the daemon ends while a setup runs');
    case 'lost':
      return { exitCode: undefined, endedBy: 'lost', lastOutput: `its terminal was lost: ${end.message}` };
    case 'not_started':
      return { exitCode: 127, lastOutput: failureText(end.failure) };
    case 'ended':
      if (end.by === 'timed_out') {
        return { exitCode: undefined, endedBy: 'timed_out', lastOutput: 'it took too long' };
      }
      return { exitCode: end.exit?.code ?? undefined, lastOutput: lastLine(tail) };
  }
}

function lastLine(tail: TextTail): string {
  return tail.text().trimEnd().split('\n').at(-1) ?? '';
}

function tailSink(tail: TextTail): SessionSink {
  return {
    feed(text) {
      tail.add(text);
      return { isReady: true, isAlive: true, transcript: '' };
    },
  };
}
