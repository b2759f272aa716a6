/** Plans for tests, made by hand: what the planner would make of a few lines. */
import type { Plan, PlannedPhase, PlannedStep, PlannedWorker } from '../../../runtime/plan/plan.ts';

/** A worker in a test's words. */
export interface WorkerSketch {
  readonly id?: string;
  /** Script of a `shell` worker; absent = steps only. */
  readonly script?: string;
  readonly overrides?: Partial<PlannedWorker>;
}

/** A phase in a test's words. */
export interface PhaseSketch {
  readonly name: string;
  readonly workers: readonly WorkerSketch[];
  readonly overrides?: Partial<PlannedPhase>;
}

/** What stands around the phases. */
export interface PlanFrame {
  readonly workspace: string;
  /** Absent = no repository: every worker works in place. */
  readonly repository?: { readonly root: string; readonly head: string };
  readonly overrides?: Partial<Plan>;
}

/** A plan of `shell` workers. */
export function planOf(phases: readonly PhaseSketch[], frame: PlanFrame): Plan {
  const { repository } = frame;
  return {
    v: 1,
    file: `${frame.workspace}/test.connector.json`,
    fileHash: '0'.repeat(64),
    name: 'test',
    vars: {},
    ...(repository === undefined
      ? {}
      : {
          repository: {
            root: repository.root,
            commonDir: `${repository.root}/.git`,
            head: repository.head,
            branch: 'main',
            isDirty: false,
          },
        }),
    workspace: frame.workspace,
    isInteractive: false,
    phases: phases.map((phase, i) => phaseOf(phase, phases.slice(0, i), frame)),
    scratchpad: false,
    limits: { maxDepth: 3, maxTotalAgents: 1000, maxMessages: 500 },
    sessionPlugins: [],
    yes: false,
    isAttended: true,
    notes: [],
    ...frame.overrides,
  };
}

/** A step that runs `sh -c`. */
export function shellStep(name: string, script: string, overrides: Partial<PlannedStep> = {}): PlannedStep {
  return { name, path: [], binary: 'sh', args: ['-c', script], intent: 'read', rules: [], ...overrides };
}

function phaseOf(sketch: PhaseSketch, earlier: readonly PhaseSketch[], frame: PlanFrame): PlannedPhase {
  return {
    name: sketch.name,
    path: [],
    kind: 'workers',
    needs: earlier.map(({ name }) => name),
    workers: sketch.workers.map((worker, i) => workerOf(worker, i, sketch, frame)),
    maxParallel: sketch.workers.length,
    steps: [],
    retries: 0,
    onFailure: 'stop',
    merge: 'auto',
    ...sketch.overrides,
  };
}

function workerOf(sketch: WorkerSketch, i: number, phase: PhaseSketch, frame: PlanFrame): PlannedWorker {
  const id = sketch.id ?? String(i + 1);
  const slug = `test-${phase.name}-${id}`;
  return {
    key: `${phase.name}/${id}`,
    id,
    phase: phase.name,
    index: i + 1,
    of: phase.workers.length,
    path: [],
    ...(sketch.script === undefined ? {} : { prompt: sketch.script }),
    routes: sketch.script === undefined ? [] : [shellRoute],
    place:
      frame.repository === undefined
        ? { kind: 'in-place', dir: frame.workspace, reason: 'no-repository' }
        : { kind: 'worktree', slug, dir: `${frame.repository.root}.worktrees/${slug}` },
    permission: 'edit',
    env: {},
    transport: 'headless',
    startTimeoutMs: 60_000,
    stallTimeoutMs: 600_000,
    onRateLimit: 'failover',
    ...sketch.overrides,
  };
}

const shellRoute = {
  adapter: 'shell',
  label: 'shell',
  args: [],
  env: {},
  program: '/bin/sh',
  preview: ['sh', '-e', '{prompt_file}'],
  permissionNote: 'runs the script',
} as const;
