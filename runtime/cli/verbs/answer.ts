/** `niia answer RUN WORKER TEXT` */
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseWorker, showRun } from '../names.ts';
import type { Verb } from '../verb.ts';

/** Answers what a worker waits for: a question, or a permission. */
export const verb: Verb = {
  spec: {
    name: 'answer',
    usage: 'RUN WORKER TEXT…',
    description:
      'Answers a worker that waits for a person. For a permission: "yes" grants, anything else refuses.',
    positionals: { min: 3, max: Number.POSITIVE_INFINITY },
    options: {},
    examples: [
      ['answer last deploy/1 yes', 'lets the step of deploy/1 write'],
      ['answer last research/2 use the second one', 'answers its question'],
    ],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const [runText = '', workerText = '', ...words] = context.args.positionals;
      const shown = await showRun(daemon, runText);
      if (!shown.ok) return shown;
      const { run, plan } = shown.value;
      const worker = chooseWorker(plan, workerText);
      if (!worker.ok) return worker;
      const text = words.join(' ');
      const answered = await call(daemon, 'run/answer', { run, worker: worker.value, text });
      if (!answered.ok) return answered;
      context.terminal.stderr.write(`answered ${worker.value} of ${run}\n`);
      return ok(exitCodes.succeeded);
    }),
};
