/** `niia resume RUN` */
import { call, environmentOf, withDaemon } from '../connect.ts';
import { showRun } from '../names.ts';
import { followOptions, followOrDetach } from '../run/follow.ts';
import type { Verb } from '../verb.ts';

/** Follows a run that is under way; goes on with one that was interrupted. */
export const verb: Verb = {
  spec: {
    name: 'resume',
    usage: 'RUN [--detach] [--json]',
    description:
      'Follows a run that goes on in the background, or goes on with one that did not come to its end, for instance\n' +
      'because the machine was switched off. Workers whose terminal is gone go on with their conversation where their\n' +
      'CLI can, else they run again.',
    positionals: { min: 1, max: 1 },
    options: followOptions,
  },
  run: context =>
    withDaemon(context, async daemon => {
      const shown = await showRun(daemon, context.args.positionals[0] ?? '');
      if (!shown.ok) return shown;
      const { run, view } = shown.value;
      if (view.state !== 'ended') return await followOrDetach(daemon, run, context);
      const resumed = await call(daemon, 'run/resume', { run, env: environmentOf(context.env) });
      if (!resumed.ok) return resumed;
      return await followOrDetach(daemon, run, context);
    }),
};
