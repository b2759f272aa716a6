import type { Plan, PlannedPhase, PlannedRoute, PlannedWorker } from '../../../runtime/plan/plan.ts';
import { planSchema } from '../../../runtime/plan/plan.ts';

/** What a test says about a phase; everything else is as plain as can be. */
export interface PhaseSketch extends Partial<Omit<PlannedPhase, 'name' | 'workers' | 'steps'>> {
  readonly name: string;
  /** How many workers; default 1. */
  readonly count?: number;
  /** Labels of the failover chain of each worker; default one model, `shell`. */
  readonly chain?: readonly string[];
  /** Names of steps; one that ends in `!` wants to write. */
  readonly steps?: readonly string[];
  readonly worker?: Partial<PlannedWorker>;
}

/** What a test says about a plan. */
export interface PlanSketch extends Partial<Omit<Plan, 'phases' | 'limits'>> {
  readonly phases: readonly PhaseSketch[];
  readonly limits?: Partial<Plan['limits']>;
}

/** A valid plan from a sketch. Phases need all earlier ones unless they say otherwise. */
export function planOf(sketch: PlanSketch): Plan {
  const { phases, limits, ...rest } = sketch;
  return planSchema.parse({
    v: 1,
    file: '/project/connector.json',
    fileHash: 'f'.repeat(64),
    name: 'demo',
    vars: {},
    workspace: '/project',
    isInteractive: false,
    phases: phases.map((phase, i) => phaseOf(phase, phases.slice(0, i))),
    scratchpad: false,
    limits: { maxDepth: 3, maxTotalAgents: 1000, maxMessages: 500, ...limits },
    sessionPlugins: [],
    yes: false,
    isAttended: true,
    notes: [],
    ...rest,
  });
}

/** A route of a label. */
export function routeOf(label: string, rest: Partial<PlannedRoute> = {}): PlannedRoute {
  return { adapter: 'shell', label, args: [], env: {}, preview: [], permissionNote: '', ...rest };
}

function phaseOf(sketch: PhaseSketch, earlier: readonly PhaseSketch[]): PlannedPhase {
  const { name, count = 1, chain = ['shell'], steps = [], worker, ...rest } = sketch;
  const workers = Array.from({ length: count }, (_, i) =>
    workerOf({ name, chain, index: i + 1, of: count }, worker),
  );
  return {
    name,
    path: ['pipeline', 'phases', earlier.length],
    kind: 'workers',
    needs: earlier.map(phase => phase.name),
    maxParallel: count,
    steps: steps.map(step => stepOf(step)),
    retries: 0,
    onFailure: 'stop',
    merge: 'auto',
    workers,
    ...rest,
  };
}

function stepOf(text: string): PlannedPhase['steps'][number] {
  const name = text.replace('!', '');
  return { name, path: [], binary: name, args: [], intent: name === text ? 'read' : 'write', rules: [] };
}

interface WorkerPosition {
  readonly name: string;
  readonly chain: readonly string[];
  readonly index: number;
  readonly of: number;
}

function workerOf(
  { name, chain, index, of }: WorkerPosition,
  rest: Partial<PlannedWorker> = {},
): PlannedWorker {
  return {
    key: `${name}/${index}`,
    id: String(index),
    phase: name,
    index,
    of,
    path: [],
    prompt: 'do it',
    routes: chain.map(label => routeOf(label)),
    place: {
      kind: 'worktree',
      slug: `demo-${name}-${index}`,
      dir: `/project.worktrees/demo-${name}-${index}`,
    },
    permission: 'edit',
    env: {},
    transport: 'headless',
    startTimeoutMs: 60_000,
    stallTimeoutMs: 600_000,
    onRateLimit: 'failover',
    ...rest,
  };
}
