/** `niia clean [RUN]` */

import { plural } from '../../amounts.ts';
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../names.ts';
import { printableLine } from '../printable.ts';
import type { Verb } from '../verb.ts';

/** Removes ended runs whose work is safe elsewhere. */
export const verb: Verb = {
  spec: {
    name: 'clean',
    usage: '[RUN] [--dry-run] [--json]',
    description:
      'Removes ended runs (all, or one) with their worktrees, branches and recordings. What holds work that exists\n' +
      'nowhere else stays, and is named.',
    positionals: { min: 0, max: 1 },
    options: {
      'dry-run': { type: 'flag', help: 'only say what would be removed' },
      json: { type: 'flag', help: 'one JSON document on stdout' },
    },
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const text = args.positionals[0];
      const run = text === undefined ? undefined : await findRun(daemon, text);
      if (run && !run.ok) return run;
      const dryRun = args.flag('dry-run');
      const cleaned = await call(daemon, 'run/clean', { ...(run ? { run: run.value } : {}), dryRun });
      if (!cleaned.ok) return cleaned;
      if (args.flag('json')) {
        terminal.stdout.write(`${JSON.stringify(cleaned.value)}\n`);
        return ok(exitCodes.succeeded);
      }
      const { removed, kept } = cleaned.value;
      for (const each of removed) terminal.stdout.write(`${dryRun ? 'would remove' : 'removed'} ${each}\n`);
      for (const each of kept)
        terminal.stdout.write(`kept ${printableLine(each.what)}: ${printableLine(each.why)}\n`);
      terminal.stderr.write(
        `${plural(removed.length, 'run')} ${dryRun ? 'to remove' : 'removed'}, ${kept.length} kept\n`,
      );
      return ok(exitCodes.succeeded);
    }),
};
