/** From a connector file and the command line to a plan: what `niia plan` shows and `niia run` starts. */
import { findPlaces } from '../config/places.ts';
import { planHere } from '../machine/plan-here.ts';
import { describePlanFailure, type PlanFailure, type PlanOptions } from '../plan/facts.ts';
import type { Planned } from '../plan/make-plan.ts';
import { err, ok, type Result } from '../result.ts';
import { parsePairs } from './arguments.ts';
import type { ValidFile } from './connector-file.ts';
import { type CliFailure, misused } from './failure.ts';
import { loadConfig } from './load-config.ts';
import type { OptionSpec, VerbContext } from './verb.ts';

/** Options of `niia run` and `niia plan` that decide about the plan. */
export const planOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  task: { type: 'value', value: 'TEXT', help: "the goal, instead of the file's task" },
  var: { type: 'list', value: 'NAME=VALUE', help: 'a value for {NAME} in prompts; may be repeated' },
  model: { type: 'list', value: 'ALIAS=ROUTE', help: 'another model for an alias; may be repeated' },
  phase: {
    type: 'value',
    value: 'PHASE',
    help: 'only this phase (name or number), on top of an earlier run',
  },
  from: { type: 'value', value: 'PHASE', help: 'this phase and all after it, on top of an earlier run' },
  transport: {
    type: 'value',
    value: 'HOW',
    help: '"terminal" or "headless" AI CLIs where the file does not say',
  },
  yes: { type: 'flag', help: 'approve gates and steps that write' },
};

/** How a plan is asked for, besides the command line. */
export interface PlanRequest {
  readonly isAttended: boolean;
  /** Whether programs are asked for their versions (`niia plan`), which takes time. */
  readonly askVersions: boolean;
  /** Instead of `--task`: what the person at the terminal typed. */
  readonly task?: string;
}

/** Plans a file. Failures are mistakes in the options; what keeps the file from running is in the plan's notes. */
export async function planFile(
  context: VerbContext,
  file: ValidFile,
  request: PlanRequest,
): Promise<Result<Planned, CliFailure>> {
  const places = findPlaces(context.env);
  const config = await loadConfig(places.configFile);
  if (!config.ok) return config;
  const options = readOptions(context, request);
  if (!options.ok) return options;
  const planned = await planHere(file.workflow, {
    file: file.path,
    text: file.text,
    workspace: context.cwd,
    env: context.env,
    config: config.value,
    places,
    askVersions: request.askVersions,
    options: options.value,
  });
  return planned.ok ? planned : err(fromPlanner(planned.failure));
}

function readOptions({ args, env }: VerbContext, request: PlanRequest): Result<PlanOptions, CliFailure> {
  const vars = parsePairs('var', args.list('var'));
  if (!vars.ok) return vars;
  const models = parsePairs('model', args.list('model'));
  if (!models.ok) return models;
  const phase = args.value('phase');
  const from = args.value('from');
  if (phase !== undefined && from !== undefined) return err(misused('--phase and --from exclude each other'));
  const transport = args.value('transport');
  if (transport !== undefined && transport !== 'terminal' && transport !== 'headless')
    return err(misused(`--transport is "terminal" or "headless", not "${transport}"`));
  const task = request.task ?? args.value('task');
  return ok({
    ...(task === undefined ? {} : { task }),
    vars: vars.value,
    models: models.value,
    ...(phase === undefined ? {} : { select: { kind: 'phase', phase } }),
    ...(from === undefined ? {} : { select: { kind: 'from', phase: from } }),
    ...(transport === undefined ? {} : { transport }),
    yes: args.flag('yes'),
    isAttended: request.isAttended,
    // In a worker, a run is a child of the worker's run (spec §6 recursive).
    depth: env.NIIA_RUN === undefined ? 0 : Number(env.NIIA_DEPTH ?? 0) + 1,
  });
}

function fromPlanner(failure: PlanFailure): CliFailure {
  return misused(describePlanFailure(failure));
}
