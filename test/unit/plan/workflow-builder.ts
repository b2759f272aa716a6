/** Workflows and facts for tests of the planner: complete by default, with only what a test is about given. */
import type { PlanFacts, PlanOptions } from '../../../runtime/plan/facts.ts';
import type { Phase, Route, RouteChoice, Session, Worker, Workflow } from '../../../runtime/spec/workflow.ts';

const session: Session = { sandbox: false, env: {} };
const capabilities = { spawn: true, message: true };

/** A worker with a prompt on the alias `primary`, unless said otherwise. */
export function worker(
  given: Partial<Omit<Worker, 'session'>> & {
    readonly session?: Partial<Session>;
    readonly model?: never;
  } & {
    readonly uses?: string;
    readonly says?: string;
  } = {},
): Worker {
  const { uses = 'primary', says = 'Do {task}', session: own, ...rest } = given;
  const path = rest.path ?? ['pipeline', 'phases', 0];
  return {
    id: '1',
    isNamed: false,
    path,
    capabilities,
    ...(uses === '' ? {} : { model: { text: uses, path: [...path, 'model'] } }),
    ...(says === '' ? {} : { prompt: { text: says, path: [...path, 'prompt'] } }),
    session: { ...session, ...own },
    ...rest,
  };
}

/** So many equal workers. */
export function workers(count: number, given: Parameters<typeof worker>[0] = {}): readonly Worker[] {
  return Array.from({ length: count }, (_, at) => worker({ ...given, id: String(at + 1) }));
}

/** A phase of one worker. */
export function phase(name: string, given: Partial<Phase> = {}): Phase {
  return {
    name,
    path: ['pipeline', 'phases', 0],
    kind: 'workers',
    needs: [],
    workers: [worker()],
    parallel: true,
    steps: [],
    retries: 0,
    onFailure: 'stop',
    merge: 'auto',
    ...given,
  };
}

/** Phases that each wait for all before them, as a file without `needs` has them. */
export function inOrder(...phases: readonly Phase[]): readonly Phase[] {
  return phases.map((one, at) => ({
    ...one,
    path: ['pipeline', 'phases', at],
    needs: phases.slice(0, at).map(({ name }) => name),
  }));
}

/** One choice of a route. */
export function choice(model: string, given: Partial<RouteChoice> = {}): RouteChoice {
  return { model, path: ['models'], args: [], env: {}, ...given };
}

/** A route of model strings or choices. */
export function route(...choices: readonly (string | RouteChoice)[]): Route {
  return {
    path: ['models'],
    choices: choices.map(one => (typeof one === 'string' ? choice(one) : one)),
  };
}

/** A workflow called `demo` with a task and `primary: claude`. */
export function workflow(given: Partial<Workflow> = {}): Workflow {
  return {
    name: 'demo',
    specVersion: '2.1',
    task: 'Make it work',
    phases: [phase('build')],
    models: { primary: route('claude') },
    scratchpad: false,
    tools: { mcpNames: [], mcpServers: {} },
    trustDomains: [],
    limits: { maxDepth: 3, maxTotalAgents: 1000, maxMessages: 500 },
    capabilities,
    machines: {},
    ...given,
  };
}

/** A clean repository on `main`, with claude installed. */
export function facts(given: Partial<PlanFacts> = {}): PlanFacts {
  return {
    platform: 'linux',
    file: '/home/ada/app/demo.connector.json',
    fileHash: 'f'.repeat(64),
    workspace: '/home/ada/app',
    repository: {
      kind: 'found',
      root: '/home/ada/app',
      commonDir: '/home/ada/app/.git',
      head: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
      branch: 'main',
      isDirty: false,
    },
    worktreeBase: '/home/ada/app.worktrees',
    programs: { claude: { path: '/usr/bin/claude', version: '2.1.330 (Claude Code)' } },
    files: {},
    schemaProblems: {},
    sessions: {},
    envNames: ['PATH', 'HOME'],
    sessionPlugins: [],
    configuredAgents: {},
    mcpServers: [],
    ...given,
  };
}

/** Nothing asked for, somebody there. */
export function options(given: Partial<PlanOptions> = {}): PlanOptions {
  return { vars: {}, models: {}, yes: false, isAttended: true, depth: 0, ...given };
}
