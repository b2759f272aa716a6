/**
 * The planner: a connector file in normal form and facts about this machine → the plan of a run. Pure: what is looked
 * up is asked for by `wantedFacts` and handed in, nothing is created.
 */
import { builtInPlaceholders } from '../analysis/placeholders.ts';
import { err, ok, type Result } from '../result.ts';
import type { Workflow } from '../spec/workflow.ts';
import { checkEnvironment } from './check-environment.ts';
import { checkFiles } from './check-files.ts';
import { checkLimits } from './check-limits.ts';
import { checkModels } from './check-models.ts';
import { checkPeople } from './check-people.ts';
import { checkPlaces } from './check-places.ts';
import { checkPrompts, phasesThatNeedTask } from './check-prompts.ts';
import { checkRepository } from './check-repository.ts';
import { checkSupport } from './check-support.ts';
import { compact } from './compact.ts';
import { distinctLabels } from './distinct-labels.ts';
import type { PlanFacts, PlanFailure, PlanOptions } from './facts.ts';
import { overrideModels } from './override-models.ts';
import type { Plan, PlanNote, PlannedPhase } from './plan.ts';
import { type PhasePair, type PlanCheck, type PlanContext, readFact } from './plan-context.ts';
import { planPhase } from './plan-phase.ts';
import { type Selection, selectPhases } from './select-phases.ts';

/** A plan, and what has to happen before it can run. */
export interface Planned {
  readonly plan: Plan;
  /** Phases with neither prompt nor task: where somebody can answer, ask for the task and plan again. */
  readonly needsTask: readonly string[];
  /** Phases that an earlier run must have (`--phase`, `--from`); empty for a whole file. */
  readonly takenFrom: readonly string[];
}

/** In the order in which people want to read them. */
const checks: readonly PlanCheck[] = [
  checkRepository,
  checkPrompts,
  checkFiles,
  checkModels,
  checkPlaces,
  checkEnvironment,
  checkSupport,
  checkPeople,
  checkLimits,
];

/**
 * Plans a run. Fails only for a mistake in the options; everything that keeps the file from running here is a blocker
 * among the plan's notes, so that `niia plan` can show the rest.
 */
export function makePlan(
  workflow: Workflow,
  facts: PlanFacts,
  options: PlanOptions,
): Result<Planned, PlanFailure> {
  const badVariable = checkVariables(options.vars);
  if (badVariable !== undefined) return err(badVariable);
  const models = overrideModels(workflow, options.models, facts.configuredAgents);
  if (!models.ok) return models;
  const selection = selectPhases(workflow, options.select);
  if (!selection.ok) return selection;
  const task = options.task ?? workflow.task;
  const hasTask = task !== undefined && task.trim() !== '';
  const context = { workflow, models: models.value, task: hasTask ? task : undefined, facts, options };
  return ok(planSelection(selection.value, context));
}

/** The blockers of a plan: with any of them, nothing starts. */
export function blockersOf(plan: Plan): readonly PlanNote[] {
  return plan.notes.filter(note => note.severity === 'blocker');
}

function planSelection(selection: Selection, context: PlanContext): Planned {
  const { phases } = selection;
  const selected = new Set(phases.map(phase => phase.name));
  const pairs = phases.map(phase => planPhase(phase, selected, context));
  return {
    plan: assemble(pairs, context),
    needsTask: phasesThatNeedTask(pairs, context),
    takenFrom: selection.takenFrom,
  };
}

function assemble(pairs: readonly PhasePair[], context: PlanContext): Plan {
  const { workflow, facts, options } = context;
  const phases: readonly PlannedPhase[] = distinctLabels(pairs.map(pair => pair.planned));
  const flow = workflow.agentFlow === undefined ? undefined : readFact(facts, workflow.agentFlow);
  return compact({
    v: 1,
    file: facts.file,
    fileHash: facts.fileHash,
    name: workflow.name,
    task: context.task,
    vars: options.vars,
    repository: facts.repository.kind === 'found' ? repositoryOf(facts.repository) : undefined,
    workspace: facts.workspace,
    isInteractive: workflow.interactive !== undefined,
    phases,
    scratchpad: workflow.scratchpad,
    flow: flow !== undefined && 'text' in flow ? flow.text : undefined,
    limits: workflow.limits,
    sessionPlugins: facts.sessionPlugins,
    mcpServers: facts.mcpServers.length === 0 ? undefined : facts.mcpServers,
    yes: options.yes,
    isAttended: options.isAttended,
    notes: sortNotes(checks.flatMap(check => check(pairs, context))),
  });
}

function repositoryOf({
  root,
  commonDir,
  head,
  branch,
  isDirty,
}: PlanFacts['repository'] & { kind: 'found' }) {
  return compact({ root, commonDir, head, branch, isDirty });
}

function checkVariables(vars: Readonly<Record<string, string>>): PlanFailure | undefined {
  for (const name of Object.keys(vars)) {
    const why = whyNotVariable(name);
    if (why !== undefined) return { reason: 'bad-variable', asked: name, why };
  }
  return undefined;
}

function whyNotVariable(name: string): string | undefined {
  if (name === 'task') return 'use --task for the task';
  if (builtInPlaceholders.includes(name)) return `"{${name}}" has a meaning of its own; choose another name`;
  const isName = /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name);
  return isName ? undefined : 'a name has letters, digits, "_" and "-", and starts with a letter or "_"';
}

/** Most serious first; otherwise in the order of the checks. */
function sortNotes(notes: readonly PlanNote[]): readonly PlanNote[] {
  const rank = { blocker: 0, warning: 1, note: 2 };
  return [...notes].sort((a, b) => rank[a.severity] - rank[b.severity]);
}
