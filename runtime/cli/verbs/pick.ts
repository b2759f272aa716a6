/** `niia pick RUN PHASE WORKER` */
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { choosePhase, chooseWorker, showRun } from '../names.ts';
import type { Verb } from '../verb.ts';

/** Chooses the worker whose branch goes on (spec §5.4 `pick`). */
export const verb: Verb = {
  spec: {
    name: 'pick',
    usage: 'RUN PHASE WORKER',
    description: 'Chooses one worker of a phase with merge "pick": its branch goes on, the others are kept.',
    positionals: { min: 3, max: 3 },
    options: {},
    examples: [['pick last implement 2', 'takes the work of implement/2']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const [runText = '', phaseText = '', workerText = ''] = context.args.positionals;
      const shown = await showRun(daemon, runText);
      if (!shown.ok) return shown;
      const { run, plan } = shown.value;
      const phase = choosePhase(plan, phaseText);
      if (!phase.ok) return phase;
      const ofPhase = plan.phases.filter(each => each.name === phase.value);
      const worker = chooseWorker({ ...plan, phases: ofPhase }, workerText);
      if (!worker.ok) return worker;
      const picked = await call(daemon, 'run/pick', { run, phase: phase.value, worker: worker.value });
      if (!picked.ok) return picked;
      context.terminal.stderr.write(`picked ${worker.value} of ${run}\n`);
      return ok(exitCodes.succeeded);
    }),
};
