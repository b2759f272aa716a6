/** `niia resume RUN` */
import { call, environmentOf, withDaemon } from '../connect.ts';
import { findRun } from '../names.ts';
import { followOptions, followOrDetach } from '../run/follow.ts';
import type { Verb } from '../verb.ts';

/** Goes on with a run that was interrupted, and follows it. */
export const verb: Verb = {
  spec: {
    name: 'resume',
    usage: 'RUN [--detach] [--json]',
    description:
      'Goes on with a run that did not come to its end, for instance because the machine was switched off. Workers whose\n' +
      'terminal is gone go on with their conversation where their CLI can, else they run again.',
    positionals: { min: 1, max: 1 },
    options: followOptions,
  },
  run: context =>
    withDaemon(context, async daemon => {
      const run = await findRun(daemon, context.args.positionals[0] ?? '');
      if (!run.ok) return run;
      const resumed = await call(daemon, 'run/resume', { run: run.value, env: environmentOf(context.env) });
      if (!resumed.ok) return resumed;
      return await followOrDetach(daemon, run.value, context);
    }),
};
