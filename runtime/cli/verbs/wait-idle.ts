/** `niia wait-idle SESSION` */
import { err, ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { misused } from '../failure.ts';
import { findSession } from '../sessions.ts';
import type { Verb } from '../verb.ts';

/** Waits until a session has nothing to do, and says how that is known. */
export const verb: Verb = {
  spec: {
    name: 'wait-idle',
    usage: 'SESSION [--timeout SECONDS] [--json]',
    description:
      'Waits until a session is idle: its program ended, says so itself, or (then said as "guessed") is quiet.\n' +
      'Prints the state and the evidence for it. Exit 1 if the time runs out first.',
    positionals: { min: 1, max: 1 },
    options: {
      timeout: { type: 'value', value: 'SECONDS', help: 'wait at most so long (default: without end)' },
      json: { type: 'flag', help: 'one JSON document: state, evidence' },
    },
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const timeout = args.value('timeout');
      const timeoutMs = timeout === undefined ? undefined : Math.round(Number(timeout) * 1000);
      if (timeoutMs !== undefined && !(timeoutMs > 0))
        return err(misused(`--timeout takes seconds, got "${timeout}"`));
      const session = await findSession(daemon, args.positionals[0] ?? '');
      if (!session.ok) return session;
      const request = { session: session.value, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
      const idle = await call(daemon, 'session/wait-idle', request);
      if (!idle.ok) return idle;
      const { state, evidence } = idle.value;
      terminal.stdout.write(
        args.flag('json') ? `${JSON.stringify(idle.value)}\n` : `${state}: ${evidence}\n`,
      );
      return ok(exitCodes.succeeded);
    }),
};
