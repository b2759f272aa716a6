/** `niia diff RUN [WORKER]` */

import { plural } from '../../amounts.ts';
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseWorker, findRun } from '../names.ts';
import { printable } from '../printable.ts';
import type { Style } from '../style.ts';
import type { Verb } from '../verb.ts';

/** Shows what a run changed, against the commit it started from. */
export const verb: Verb = {
  spec: {
    name: 'diff',
    usage: 'RUN [WORKER] [--stat]',
    description:
      "Shows what a run's branch changed since the commit the run started from; with WORKER, that worker's branch.",
    positionals: { min: 1, max: 2 },
    options: { stat: { type: 'flag', help: 'only which files, and how much' } },
    examples: [['diff last > changes.patch', 'a patch that git apply takes']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const [runText = '', workerText] = args.positionals;
      const run = await findRun(daemon, runText);
      if (!run.ok) return run;
      const shown = workerText === undefined ? undefined : await call(daemon, 'run/show', { run: run.value });
      if (shown && !shown.ok) return shown;
      const worker =
        shown && workerText !== undefined ? chooseWorker(shown.value.plan, workerText) : undefined;
      if (worker && !worker.ok) return worker;
      const diff = await call(daemon, 'run/diff', {
        run: run.value,
        ...(worker ? { worker: worker.value } : {}),
        stat: args.flag('stat'),
      });
      if (!diff.ok) return diff;
      const text = args.flag('stat') ? renderStat(diff.value.diff) : diff.value.diff;
      // A pipe gets the patch byte for byte; on a terminal a file name or line must not be able to send commands to it.
      terminal.stdout.write(
        terminal.stdout.isTerminal ? colored(printable(text), terminal.stdout.style) : text,
      );
      if (text === '') terminal.stderr.write('no changes\n');
      if (diff.value.isTruncated)
        terminal.stderr.write(
          `the diff is cut; all of it: git diff ${diff.value.base.slice(0, 12)} ${diff.value.head.slice(0, 12)}\n`,
        );
      return ok(exitCodes.succeeded);
    }),
};

function colored(diff: string, style: Style): string {
  if (!style.hasColor) return diff;
  return diff
    .split('\n')
    .map(line => {
      if (/^(diff|index|---|\+\+\+) /.test(line)) return style.bold(line);
      if (line.startsWith('@@')) return style.cyan(line);
      if (line.startsWith('+')) return style.green(line);
      return line.startsWith('-') ? style.red(line) : line;
    })
    .join('\n');
}

/** `git diff --numstat` for people. Binary files have no counts. */
function renderStat(numstat: string): string {
  const rows = numstat
    .trimEnd()
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split('\t'));
  if (rows.length === 0) return '';
  const sum = (column: number) => rows.reduce((total, row) => total + (Number(row[column]) || 0), 0);
  const counts = rows.map(([added, removed]) => (added === '-' ? 'binary' : `+${added} -${removed}`));
  const width = Math.max(...counts.map(count => count.length));
  const lines = rows.map((row, at) => `${(counts[at] ?? '').padEnd(width)}  ${row.slice(2).join(' ')}`);
  return `${lines.join('\n')}\n${plural(rows.length, 'file')}, +${sum(0)} -${sum(1)}\n`;
}
