/** `niia merge RUN` */

import { plural } from '../../amounts.ts';
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../names.ts';
import type { Verb } from '../verb.ts';

/** Merges a run's branch into the user's current branch: the only verb that touches it. */
export const verb: Verb = {
  spec: {
    name: 'merge',
    usage: 'RUN',
    description:
      "Merges a run's branch into the branch you are on. This is the only verb that touches your branch; a conflict\n" +
      'changes nothing and is reported.',
    positionals: { min: 1, max: 1 },
    options: {},
    examples: [['merge last', 'takes the work of the newest run']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const run = await findRun(daemon, context.args.positionals[0] ?? '');
      if (!run.ok) return run;
      const merged = await call(daemon, 'run/merge', { run: run.value });
      if (!merged.ok) return merged;
      const { branch, commit, files } = merged.value;
      context.terminal.stdout.write(
        `merged ${plural(files, 'file')} into ${branch} as ${commit.slice(0, 12)}\n`,
      );
      return ok(exitCodes.succeeded);
    }),
};
