/** The planner over what is known so far: where workers would work and what would be run, without asking the machine. */
import { normalize } from '../runtime/analysis/normalize.ts';
import type { PlanFacts, ProgramFact } from '../runtime/plan/facts.ts';
import { phasesOf } from '../runtime/plan/interactive-phase.ts';
import type { PlannedPhase } from '../runtime/plan/plan.ts';
import type { PlanContext } from '../runtime/plan/plan-context.ts';
import { planPhase } from '../runtime/plan/plan-phase.ts';
import { resolveChain } from '../runtime/plan/resolve-chain.ts';
import { mcpServerNames } from '../runtime/plan/wanted-facts.ts';
import type { Workflow } from '../runtime/spec/workflow.ts';
import type { WorkspaceFacts } from './facts.ts';
import { programNamesOf } from './model-facts.ts';
import type { Snapshot } from './snapshot.ts';
import { parentUri, resolveUri } from './uris.ts';

/**
 * The normal form of a document, also of one with errors, whose misfits fall to defaults: for showing, not for running.
 * For `snapshot.once`.
 */
export function previewWorkflow({ analysis }: Snapshot): Workflow | undefined {
  const { workflow, outline, names, document } = analysis;
  return workflow ?? normalize({ outline, names, fileName: document.fileName });
}

/** One phase as it would be planned here, by its index in the outline; undefined if the file has no such phase. */
export function previewPhase(
  snapshot: Snapshot,
  index: number,
  facts: WorkspaceFacts,
): PlannedPhase | undefined {
  const workflow = snapshot.once(previewWorkflow);
  if (workflow === undefined) return undefined;
  const place = snapshot.analysis.outline.phases.findIndex(phase => phase.index === index);
  const phase = phasesOf(workflow)[workflow.interactive ? 0 : place];
  if (phase === undefined) return undefined;
  return planPhase(
    phase,
    new Set(workflow.phases.map(other => other.name)),
    contextFor(snapshot, workflow, facts),
  ).planned;
}

function contextFor(snapshot: Snapshot, workflow: Workflow, facts: WorkspaceFacts): PlanContext {
  return {
    workflow,
    models: workflow.models,
    task: workflow.task?.trim() ? workflow.task : undefined,
    facts: factsFor(snapshot, workflow, facts),
    options: { vars: {}, models: {}, yes: false, isAttended: true, depth: 0 },
  };
}

/** What the planner wants to know, as far as it is known; nothing is asked for that only a run needs. */
function factsFor(snapshot: Snapshot, workflow: Workflow, facts: WorkspaceFacts): PlanFacts {
  const user = facts.user();
  const repository = facts.repository(snapshot.uri);
  const known = repository?.kind === 'found' ? repository : undefined;
  return {
    platform: facts.platform,
    file: snapshot.uri,
    fileHash: '',
    workspace: parentUri(resolveUri(snapshot.uri, '.') ?? ''),
    repository:
      repository?.kind === 'none'
        ? { kind: 'none' }
        : { kind: 'found', root: known?.root ?? '', commonDir: '', head: '', isDirty: false },
    // As long as the repository is not known, folders are told by their names alone.
    worktreeBase: user?.worktreeBase ?? known?.worktreeBase ?? '…',
    programs: programsFor(workflow, facts),
    files: {},
    schemaProblems: {},
    sessions: {},
    envNames: [],
    sessionPlugins: [],
    configuredAgents: user?.agents ?? {},
    // Where they are defined is looked up by a run; a rule of its own speaks of unknown names.
    mcpServers: mcpServerNames(workflow),
  };
}

function programsFor(workflow: Workflow, facts: WorkspaceFacts): Readonly<Record<string, ProgramFact>> {
  const workers = phasesOf(workflow).flatMap(phase => phase.workers);
  const models = new Set(workers.flatMap(worker => worker.model?.text ?? []));
  const agents = facts.user()?.agents ?? {};
  const entries = [...models].flatMap(model => resolveChain(model, workflow.models, agents).entries);
  const names = new Set(entries.flatMap(programNamesOf));
  const found = [...names].flatMap(name => {
    const state = facts.program(name);
    return state?.kind === 'found' ? [[name, { path: state.path }] as const] : [];
  });
  return Object.fromEntries(found);
}
