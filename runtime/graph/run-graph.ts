/**
 * A run, or the plan of one, as a graph for people: phases with their workers, the gates before them, the merges after
 * them. Plain data without places; layout-graph.ts lays it out, graph-svg.ts draws it, graph-text.ts says it in words.
 */
import * as l10n from '@vscode/l10n';
import type { PhaseView, RunView } from '../engine/projections.ts';
import type { Plan, PlannedPhase } from '../plan/plan.ts';
import { directNeeds } from './direct-needs.ts';
import { type Look, phaseLook, planLook, runLook, workerLook } from './look.ts';
import { type PointNode, pointsOf } from './points.ts';

/** One worker, participant or agent of a phase. */
export interface GraphMember {
  /** `worker:` and the worker's key. */
  readonly id: string;
  readonly worker: string;
  readonly title: string;
  /** Model in use, or first of its chain; empty for a worker that only runs steps. */
  readonly model: string;
  readonly look: Look;
}

/**
 * How the members of a phase stand to each other: side by side, or talking. `ring` = each to the next (dialogue),
 * `star` = all to the first, `mesh` = each to each (meeting, mesh).
 */
export type Topology = 'workers' | 'ring' | 'star' | 'mesh';

/** A phase with its members. */
export interface PhaseNode {
  readonly kind: 'phase';
  /** `phase:` and its name. */
  readonly id: string;
  readonly phase: string;
  /** How many members, and what is special: `3 workers`. */
  readonly facts: string;
  readonly topology: Topology;
  readonly members: readonly GraphMember[];
  readonly look: Look;
}

/** A node of the graph. */
export type GraphNode = PhaseNode | PointNode;

/** An arrow: `to` waits for `from`. Both are ids of nodes. */
export interface GraphEdge {
  /** `edge:<from>→<to>` */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Whether what it waited for is there. */
  readonly isOpen: boolean;
}

/** The whole graph. */
export interface RunGraph {
  readonly name: string;
  /** Absent for a plan that was not started. */
  readonly run?: string;
  readonly look: Look;
  /** In the order of the file: each phase after the nodes before it. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The graph of a plan, with the states of its run if there is one. */
export function makeRunGraph(plan: Plan, view?: RunView): RunGraph {
  const views = new Map(view?.phases.map(phase => [phase.name, phase]));
  const stages = plan.phases.map(phase => stageOf(phase, views.get(phase.name)));
  return {
    name: view?.name ?? plan.name,
    ...(view === undefined ? {} : { run: view.run }),
    look: view === undefined ? planLook(plan) : runLook(view),
    nodes: stages.flatMap(stage => stage.nodes),
    edges: edgesOf(plan, new Map(stages.map(stage => [stage.phase, stage.nodes]))),
  };
}

/** A phase with the points before and after it, in the order they happen. */
interface Stage {
  readonly phase: string;
  readonly nodes: readonly GraphNode[];
}

function stageOf(planned: PlannedPhase, view: PhaseView | undefined): Stage {
  const { before, after } = pointsOf(planned, view);
  const workers = new Map(view?.workers.map(worker => [worker.key, worker]));
  const node: PhaseNode = {
    kind: 'phase',
    id: `phase:${planned.name}`,
    phase: planned.name,
    facts: factsOf(planned),
    topology: topologyOf(planned.kind),
    members: planned.workers.map(worker => ({
      id: `worker:${worker.key}`,
      worker: worker.key,
      title: worker.id,
      model: workers.get(worker.key)?.label ?? worker.routes[0]?.label ?? '',
      look: workerLook(workers.get(worker.key)),
    })),
    look: phaseLook(view),
  };
  return { phase: planned.name, nodes: [...before, node, ...after] };
}

function topologyOf(kind: PlannedPhase['kind']): Topology {
  switch (kind) {
    case 'workers':
      return 'workers';
    case 'dialogue':
      return 'ring';
    case 'meeting':
    case 'mesh':
      return 'mesh';
  }
}

function factsOf({ kind, workers, steps, maxParallel }: PlannedPhase): string {
  const count = workers.length;
  if (kind !== 'workers') return l10n.t('{0} of {1}', kind, count);
  const members = count === 1 ? l10n.t('1 worker') : l10n.t('{0} workers', count);
  const isSerial = count > 1 && maxParallel === 1;
  const extra = isSerial ? [l10n.t('one by one')] : [];
  const withSteps =
    steps.length === 0 ? [] : [steps.length === 1 ? l10n.t('1 step') : l10n.t('{0} steps', steps.length)];
  return [members, ...extra, ...withSteps].join(' · ');
}

function edgesOf(plan: Plan, stages: ReadonlyMap<string, readonly GraphNode[]>): readonly GraphEdge[] {
  const needs = directNeeds(plan.phases);
  return plan.phases.flatMap(({ name }) => {
    const nodes = stages.get(name) ?? [];
    const within = nodes.flatMap((node, i) => edgeBetween(nodes[i - 1], node));
    const into = (needs.get(name) ?? []).flatMap(need => edgeBetween(stages.get(need)?.at(-1), nodes[0]));
    return [...into, ...within];
  });
}

function edgeBetween(from: GraphNode | undefined, to: GraphNode | undefined): readonly GraphEdge[] {
  if (from === undefined || to === undefined) return [];
  const isOpen = from.look.tone === 'good';
  return [{ id: `edge:${from.id}→${to.id}`, from: from.id, to: to.id, isOpen }];
}
