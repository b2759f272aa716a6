/** `niia plan FILE` */
import { findPlaces } from '../../config/places.ts';
import { historyFile, readHistory } from '../../cost/history.ts';
import { ok } from '../../result.ts';
import { loadValidFile } from '../connector-file.ts';
import { estimatePlan } from '../cost-estimates.ts';
import { exitCodes } from '../exit-codes.ts';
import { planFile, planOptionSpecs } from '../planning.ts';
import { renderPlan } from '../render-plan.ts';
import type { Verb } from '../verb.ts';

/** Shows what a run would do. Creates and starts nothing. */
export const verb: Verb = {
  spec: {
    name: 'plan',
    usage: 'FILE [--json] [options of niia run]',
    description:
      'Shows what a run of the file would do here: phases, workers, models and their command lines, worktrees,\n' +
      'permissions, limits, the probable cost (from earlier runs), and what is missing on this machine. Creates and\n' +
      'starts nothing. Exit 0 for every valid file.',
    positionals: { min: 1, max: 1 },
    options: {
      ...planOptionSpecs,
      detach: { type: 'flag', help: 'as niia run --detach: somebody can answer it later' },
      json: { type: 'flag', help: 'the plan as one JSON document' },
    },
    examples: [
      ['plan review.connector.json --model reviewer=opus', 'with another model for the alias "reviewer"'],
    ],
  },
  run: async context => {
    const { args, terminal } = context;
    const file = await loadValidFile(context, args.positionals[0] ?? '');
    if (!file.ok) return file;
    // A person who reads the plan can also answer the run.
    const planned = await planFile(context, file.value, {
      isAttended: terminal.isInteractive || args.flag('detach'),
      askVersions: true,
    });
    if (!planned.ok) return planned;
    const { plan } = planned.value;
    const { stdout } = terminal;
    const { stateDir } = findPlaces(context.env);
    const estimates = estimatePlan(plan, await readHistory(historyFile(stateDir)));
    const width = stdout.isTerminal ? stdout.size().columns : 100;
    stdout.write(
      args.flag('json')
        ? `${JSON.stringify({ ...plan, estimates })}\n`
        : renderPlan(plan, { color: stdout.style.hasColor, width, estimates }),
    );
    return ok(exitCodes.succeeded);
  },
};
