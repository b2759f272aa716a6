/** `niia attach RUN WORKER` */
import { err, ok } from '../../result.ts';
import { attachToSession } from '../attach/attached-session.ts';
import { withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { failed } from '../failure.ts';
import { findSession, findWorkerSession } from '../sessions.ts';
import type { Verb } from '../verb.ts';

/** Puts the user's terminal into a worker's, or into a session of `niia serve`. */
export const verb: Verb = {
  spec: {
    name: 'attach',
    usage: 'RUN WORKER | SESSION',
    description:
      "Puts you into a worker's terminal (or a session of niia serve): you see its screen, and what you type goes to it.\n" +
      'Ctrl-] d leaves it running; Ctrl-] Ctrl-] sends one Ctrl-]. Ends with the exit code of the session.',
    positionals: { min: 1, max: 2 },
    options: {},
    examples: [['attach last implement/2', 'be there']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const [first = '', workerText] = context.args.positionals;
      const session =
        workerText === undefined
          ? await findSession(daemon, first)
          : await findWorkerSession(daemon, first, workerText);
      if (!session.ok) return session;
      const end = await attachToSession(context, daemon, session.value);
      if (!end.ok) return end;
      switch (end.value.kind) {
        case 'exited':
          return ok(end.value.exitCode);
        case 'detached':
          context.terminal.stderr.write('left; it goes on\n');
          return ok(exitCodes.succeeded);
        case 'lost':
          return err(
            failed('the connection to the session was lost', 'niia ps shows what became of the run'),
          );
      }
    }),
};
