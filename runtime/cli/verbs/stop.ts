/** `niia stop RUN [WORKER]` */
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseWorker, findRun } from '../names.ts';
import type { Verb } from '../verb.ts';

/** Stops a run or one of its workers. */
export const verb: Verb = {
  spec: {
    name: 'stop',
    usage: 'RUN [WORKER] [--now]',
    description:
      'Stops a run, or one worker of it. Its programs are interrupted, given time, then ended; all work is kept and the\n' +
      'run can be taken up again by niia retry.',
    positionals: { min: 1, max: 2 },
    options: { now: { type: 'flag', help: 'end the programs without giving them time' } },
    examples: [
      ['stop last', 'stops the newest run'],
      ['stop review-20261122-101500-ab12 research/2', 'stops one worker; the run goes on'],
    ],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const [runText = '', workerText] = context.args.positionals;
      const run = await findRun(daemon, runText);
      if (!run.ok) return run;
      const how = context.args.flag('now') ? 'now' : 'polite';
      if (workerText === undefined) {
        const stopped = await call(daemon, 'run/stop', { run: run.value, how });
        if (!stopped.ok) return stopped;
        context.terminal.stderr.write(`stopping ${run.value}\n`);
        return ok(exitCodes.succeeded);
      }
      const shown = await call(daemon, 'run/show', { run: run.value });
      if (!shown.ok) return shown;
      const worker = chooseWorker(shown.value.plan, workerText);
      if (!worker.ok) return worker;
      const stopped = await call(daemon, 'run/stop', { run: run.value, worker: worker.value, how });
      if (!stopped.ok) return stopped;
      context.terminal.stderr.write(`stopping ${worker.value} of ${run.value}\n`);
      return ok(exitCodes.succeeded);
    }),
};
