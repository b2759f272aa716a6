/** `niia show RUN` */
import { ok } from '../../result.ts';
import { withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { showRun } from '../names.ts';
import { renderRunTree } from '../run/run-tree.ts';
import type { Verb } from '../verb.ts';

/** Shows a run: its phases, workers, answers and failures. */
export const verb: Verb = {
  spec: {
    name: 'show',
    usage: 'RUN [--json]',
    description:
      'Shows a run: every phase and worker with its state, place, answer and failure, and what waits for you.',
    positionals: { min: 1, max: 1 },
    options: { json: { type: 'flag', help: 'one JSON document: the view, the plan, the folder of the run' } },
    examples: [['show last', 'the newest run']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const shown = await showRun(daemon, args.positionals[0] ?? '');
      if (!shown.ok) return shown;
      const { view, plan, dir } = shown.value;
      const text = args.flag('json')
        ? `${JSON.stringify({ plan, view, dir })}\n`
        : renderRunTree(view, { dir, now: new Date().toISOString(), style: terminal.stdout.style });
      terminal.stdout.write(text);
      return ok(exitCodes.succeeded);
    }),
};
