/** `niia retry RUN [PHASE|WORKER…]` */
import type { Plan } from '../../plan/plan.ts';
import { ok, type Result } from '../../result.ts';
import { call, environmentOf, withDaemon } from '../connect.ts';
import type { CliFailure } from '../failure.ts';
import { choosePhase, chooseWorker, showRun } from '../names.ts';
import { followOptions, followOrDetach } from '../run/follow.ts';
import type { Verb } from '../verb.ts';

/** Runs what failed again, and what comes after it; follows the run. */
export const verb: Verb = {
  spec: {
    name: 'retry',
    usage: 'RUN [PHASE | WORKER]… [--model ROUTE] [--detach] [--json]',
    description:
      'Runs the failed workers of a run again (of the phases, or the workers, that are named), and the phases after\n' +
      'them. What succeeded is not run again.',
    positionals: { min: 1, max: Number.POSITIVE_INFINITY },
    options: {
      model: { type: 'value', value: 'ROUTE', help: 'with this model or alias instead of their own' },
      ...followOptions,
    },
    examples: [
      ['retry last', 'everything that failed in the newest run'],
      ['retry last implement/2 --model opus', 'one worker, by another model'],
    ],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const [runText = '', ...texts] = context.args.positionals;
      const shown = await showRun(daemon, runText);
      if (!shown.ok) return shown;
      const { run, plan } = shown.value;
      const targets = chooseTargets(plan, texts);
      if (!targets.ok) return targets;
      const routeOverride = context.args.value('model');
      const retried = await call(daemon, 'run/retry', {
        run,
        targets: [...targets.value],
        env: environmentOf(context.env),
        ...(routeOverride === undefined ? {} : { routeOverride }),
      });
      if (!retried.ok) return retried;
      context.terminal.stderr.write(`again: ${retried.value.workers.join(', ')}\n`);
      return await followOrDetach(daemon, run, context);
    }),
};

function chooseTargets(plan: Plan, texts: readonly string[]): Result<readonly string[], CliFailure> {
  const targets: string[] = [];
  for (const text of texts) {
    const phase = choosePhase(plan, text);
    const target = phase.ok ? phase : chooseWorker(plan, text);
    if (!target.ok) return target;
    targets.push(target.value);
  }
  return ok(targets);
}
