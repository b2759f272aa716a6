import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredAgentSchema } from '../../../runtime/agents/declared.ts';
import type { PlanFacts, PlanOptions } from '../../../runtime/plan/facts.ts';
import { describePlanFailure } from '../../../runtime/plan/facts.ts';
import { makePlan, type Planned } from '../../../runtime/plan/make-plan.ts';
import type { PlannedWorker } from '../../../runtime/plan/plan.ts';
import { wantedFacts } from '../../../runtime/plan/wanted-facts.ts';
import type { Session, Workflow } from '../../../runtime/spec/workflow.ts';
import { facts, inOrder, options, phase, route, worker, workers, workflow } from './workflow-builder.ts';

function plan(
  given: Partial<Workflow>,
  machine: Partial<PlanFacts> = {},
  asked: Partial<PlanOptions> = {},
): Planned {
  const made = makePlan(workflow(given), facts(machine), options(asked));
  assert.ok(made.ok, made.ok ? '' : describePlanFailure(made.failure));
  return made.value;
}

function failure(given: Partial<Workflow>, asked: Partial<PlanOptions>): string {
  const made = makePlan(workflow(given), facts(), options(asked));
  assert.ok(!made.ok, 'a plan was made');
  return describePlanFailure(made.failure);
}

function only(planned: Planned): PlannedWorker {
  const [first] = planned.plan.phases.flatMap(one => one.workers);
  assert.ok(first);
  return first;
}

/** Notes as `severity code`, blockers with their exit code. */
function notes({ plan: { notes: all } }: Planned): readonly string[] {
  return all.map(({ severity, code, exitCode }) =>
    exitCode === undefined ? `${severity} ${code}` : `${severity} ${code} ${exitCode}`,
  );
}

function slugs(planned: Planned): readonly string[] {
  return planned.plan.phases
    .flatMap(one => one.workers)
    .map(({ place }) => (place.kind === 'worktree' ? place.slug : place.kind));
}

const noRepository = { repository: { kind: 'none' } } as const;

test('a worker in a worktree of its own may edit, one in the folder itself asks', () => {
  assert.equal(only(plan({})).permission, 'edit');
  const here = { phases: [phase('a', { workers: [worker({ session: { worktree: false } })] })] };
  assert.equal(only(plan(here)).permission, 'ask');
});

test('the words for a permission say that a CLI can ask in its own terminal', () => {
  const models = { primary: route('claude') };
  const note = (permission: 'ask' | 'edit' | 'full', transport: 'terminal' | 'headless') => {
    const phases = [phase('a', { workers: [worker({ session: { permission } })] })];
    return only(plan({ models, phases }, {}, { transport })).routes[0]?.permissionNote ?? '';
  };
  assert.match(note('ask', 'headless'), /refused, as nobody can answer/);
  assert.equal(note('ask', 'terminal'), 'asks in its terminal before it edits files or runs commands');
  assert.equal(
    note('edit', 'terminal'),
    `${note('edit', 'headless')}; in its terminal it may ask you for more`,
  );
  assert.equal(note('full', 'terminal'), note('full', 'headless'));
});

test('defaults of the spec fill what the file leaves out', () => {
  const { startTimeoutMs, stallTimeoutMs, onRateLimit, timeoutMs, transport } = only(plan({}));
  assert.deepEqual(
    { startTimeoutMs, stallTimeoutMs, onRateLimit, timeoutMs, transport },
    {
      startTimeoutMs: 60_000,
      stallTimeoutMs: 600_000,
      onRateLimit: 'failover',
      timeoutMs: undefined,
      transport: 'headless',
    },
  );
});

test('the shorter of timeout_ms and timeout_per_agent_ms ends a worker', () => {
  const limits = { maxDepth: 3, maxTotalAgents: 10, maxMessages: 1, timeoutPerAgentMs: 5000 };
  const timed = (timeoutMs: number) => ({
    limits,
    phases: [phase('a', { workers: [worker({ session: { timeoutMs } })] })],
  });
  assert.equal(only(plan(timed(9000))).timeoutMs, 5000);
  assert.equal(only(plan(timed(1000))).timeoutMs, 1000);
  assert.equal(only(plan({ limits })).timeoutMs, 5000);
});

test('slugs default to name, phase and worker, and are made safe', () => {
  const odd = { name: 'my app', phases: [phase('a/b', { workers: workers(2) })] };
  assert.deepEqual(slugs(plan(odd)), ['my-app-a-b-1', 'my-app-a-b-2']);
});

test('workers of one phase with equal slugs get their name appended, and {run} stays', () => {
  const shared = [phase('a', { workers: workers(3, { session: { worktree: 'fix-{run}' } }) })];
  assert.deepEqual(slugs(plan({ phases: shared })), ['fix-{run}-1', 'fix-{run}-2', 'fix-{run}-3']);
});

test('slugs that a file system takes for equal are told apart', () => {
  const named = ['A', 'a', '1'].map(id => worker({ id, isNamed: true, session: { worktree: '{worker}' } }));
  const found = slugs(plan({ phases: [phase('p', { workers: named })] }));
  assert.equal(new Set(found.map(slug => slug.toLowerCase())).size, 3, found.join(' '));
});

test('very long slugs of many workers stay different', () => {
  const long = workers(12, { session: { worktree: 'x'.repeat(300) } });
  const found = slugs(plan({ phases: [phase('p', { workers: long })] }));
  assert.equal(new Set(found).size, 12);
});

test('a slug with variables needs their values', () => {
  const file = { phases: [phase('a', { workers: [worker({ session: { worktree: 't-{ticket}' } })] })] };
  assert.deepEqual(notes(plan(file)), ['blocker slug-placeholder 2']);
  assert.deepEqual(slugs(plan(file, {}, { vars: { ticket: 'X 1' } })), ['t-X-1']);
});

test('without a repository workers share the folder: one at a time unless they only read', () => {
  const file = {
    phases: [
      phase('write', { workers: workers(3, { session: { permission: 'edit' } }) }),
      phase('read', { workers: workers(3, { session: { permission: 'read-only' } }) }),
    ],
  };
  const planned = plan(file, noRepository);
  assert.deepEqual(
    planned.plan.phases.map(one => one.maxParallel),
    [1, 3],
  );
  assert.deepEqual(notes(planned), ['warning no-repository']);
});

test('max_parallel and parallel bound how many workers run at once', () => {
  const many = workers(8);
  const file = {
    phases: [
      phase('a', { workers: many, maxParallel: 3 }),
      phase('b', { workers: many, maxParallel: 30 }),
      phase('c', { workers: many, parallel: false }),
    ],
  };
  assert.deepEqual(
    plan(file).plan.phases.map(one => one.maxParallel),
    [3, 8, 1],
  );
});

test('a phase without prompt takes the task; without a task it is a blocker that names the phases', () => {
  const file = { phases: [phase('quiet', { workers: [worker({ says: '' })] }), phase('loud')] };
  assert.equal(only(plan(file)).prompt, '{task}');
  const { task, ...untold } = workflow(file);
  const made = makePlan(untold, facts(), options());
  assert.ok(made.ok);
  assert.deepEqual(made.value.needsTask, ['quiet']);
  assert.ok(notes(made.value).includes('blocker no-prompt 2'));
});

test('a task given on the command line is the task', () => {
  const { task, ...untold } = workflow({ phases: [phase('quiet', { workers: [worker({ says: '' })] })] });
  const made = makePlan(untold, facts(), options({ task: 'Other' }));
  assert.ok(made.ok);
  assert.deepEqual([made.value.plan.task, made.value.needsTask], ['Other', []]);
});

test('a shell worker without a prompt runs the task itself as its script', () => {
  const file = {
    task: 'echo {name}',
    models: { primary: route('shell') },
    phases: [phase('a', { workers: [worker({ says: '' })] })],
  };
  assert.equal(only(plan(file)).prompt, 'echo {{name}');
});

test('a phase of steps only needs neither prompt nor task nor model', () => {
  const step = { name: '1', path: [], binary: 'make', args: [], intent: 'read', rules: [] } as const;
  const { task, ...file } = workflow({
    phases: [phase('a', { steps: [step], workers: [worker({ uses: '', says: '' })] })],
  });
  const made = makePlan(file, facts(), options());
  assert.ok(made.ok);
  assert.deepEqual(notes(made.value), []);
  assert.deepEqual([only(made.value).routes, only(made.value).prompt], [[], undefined]);
});

test('a file without phases is one live session', () => {
  const planned = plan({ phases: [], interactive: worker({ id: 'x', says: '' }) }, {}, {});
  assert.equal(planned.plan.isInteractive, true);
  const { key, transport } = only(planned);
  assert.deepEqual([key, transport], ['session/1', 'terminal']);
  const unattended = plan({ phases: [], interactive: worker({ says: '' }) }, {}, { isAttended: false });
  assert.deepEqual(notes(unattended), ['blocker interactive-unattended 2']);
});

test('live terminals are for CLIs whose turns can be told there, where user or file ask for them', () => {
  const models = { primary: route('claude', 'aider', 'shell') };
  const terminal = { transport: 'terminal' } as const;
  const transports = (planned: Planned) => only(planned).routes.map(({ transport }) => transport);
  const some = ['terminal', undefined, undefined];
  const none = [undefined, undefined, undefined];
  assert.deepEqual(transports(plan({ models })), none);
  assert.deepEqual(transports(plan({ models }, {}, terminal)), some);
  assert.deepEqual(transports(plan({ models }, { platform: 'win32' }, terminal)), none, 'hooks need a shell');
  const asks = (session: Partial<Session>) => ({
    models,
    phases: [phase('a', { workers: [worker({ session })] })],
  });
  assert.deepEqual(transports(plan(asks({ transport: 'headless' }), {}, terminal)), none);
  const asking = plan(asks(terminal));
  assert.deepEqual(transports(asking), some);
  assert.ok(notes(asking).includes('warning transport'));
});

test('a CLI that the user describes under the name of a built-in one has no live terminal', () => {
  const configuredAgents = { claude: declaredAgentSchema.parse({ command: ['my-claude', '{prompt}'] }) };
  const planned = plan({}, { configuredAgents }, { transport: 'terminal' });
  assert.equal(only(planned).routes[0]?.transport, undefined);
});

test('with no model of a worker installed nothing can run, which is exit code 3', () => {
  assert.deepEqual(notes(plan({}, { programs: {} })), ['blocker no-model-available 3']);
});

test('with some model of a worker installed the run goes on with that one', () => {
  const models = { primary: route('claude', 'shell') };
  assert.deepEqual(notes(plan({ models }, { programs: {} })), ['warning program-missing']);
});

test('a worker with a PATH of its own may find what is not on ours', () => {
  const file = { phases: [phase('a', { workers: [worker({ session: { env: { PATH: '/opt/bin' } } })] })] };
  assert.deepEqual(notes(plan(file, { programs: {} })), []);
});

test('a CLI without the model it needs is left out of a chain, and blocks alone', () => {
  const both = plan({ models: { primary: route('ollama', 'claude') } });
  assert.deepEqual(
    only(both).routes.map(({ label }) => label),
    ['claude'],
  );
  assert.deepEqual(notes(both), ['warning model-needed']);
  assert.deepEqual(notes(plan({ models: { primary: route('ollama') } })), ['blocker model-needed 3']);
});

test('a shell script cannot be held to less than edit', () => {
  const models = { primary: route('shell') };
  const file = { models, phases: [phase('a', { workers: [worker({ session: { worktree: false } })] })] };
  assert.ok(notes(plan(file)).includes('blocker shell-needs-edit 2'));
});

test('routes that differ have different labels, equal ones the same', () => {
  const models = {
    one: route({ model: 'claude', path: [], args: ['--x'], env: {} }),
    two: route('claude'),
    three: route('claude'),
  };
  const file = {
    models,
    phases: Object.keys(models).map(uses => phase(uses, { workers: [worker({ uses })] })),
  };
  const labels = plan(file).plan.phases.flatMap(one => one.workers.flatMap(({ routes }) => routes[0]?.label));
  assert.deepEqual(labels, ['claude', 'claude as two', 'claude as two']);
});

test('--model replaces an alias, and a model that stands in the file', () => {
  const replaced = plan({}, {}, { models: { primary: 'shell, haiku' } });
  assert.deepEqual(
    only(replaced).routes.map(({ label }) => label),
    ['shell', 'claude (haiku)'],
  );
  const literal = plan({}, {}, { models: { claude: 'shell' } });
  assert.deepEqual(
    only(literal).routes.map(({ label }) => label),
    ['shell'],
  );
});

test('--model with an unknown alias or model says what there is', () => {
  assert.match(failure({}, { models: { primry: 'claude' } }), /no worker uses "primry".*"primary"/);
  assert.match(failure({}, { models: { primary: 'clod' } }), /"clod" is neither an alias/);
  assert.match(failure({}, { models: { primary: 'primary' } }), /"primary" is neither an alias/);
});

test('--var cannot redefine a built-in placeholder', () => {
  assert.match(failure({}, { vars: { run: 'x' } }), /has a meaning of its own/);
  assert.match(failure({}, { vars: { task: 'x' } }), /use --task/);
  assert.match(failure({}, { vars: { 'a b': 'x' } }), /letters, digits/);
});

test('--phase takes one phase and names those an earlier run must have', () => {
  const phases = inOrder(phase('a'), phase('b'), phase('c'), phase('d'));
  const planned = plan({ phases }, {}, { select: { kind: 'phase', phase: 'c' } });
  assert.deepEqual(
    planned.plan.phases.map(({ name, needs, earlier }) => ({ name, needs, earlier })),
    [{ name: 'c', needs: [], earlier: ['a', 'b'] }],
  );
  assert.deepEqual(planned.takenFrom, ['a', 'b']);
});

test('--from takes a phase by its number and all after it', () => {
  const phases = inOrder(phase('a'), phase('b'), phase('c'));
  const planned = plan({ phases }, {}, { select: { kind: 'from', phase: '2' } });
  assert.deepEqual(
    planned.plan.phases.map(({ name, needs }) => `${name}: ${needs.join(' ')}`),
    ['b: ', 'c: b'],
  );
  assert.deepEqual(planned.takenFrom, ['a']);
});

test('in a graph only what a phase builds on is taken from an earlier run', () => {
  const phases = [phase('a'), phase('b'), phase('c', { needs: ['b'] }), phase('d', { needs: ['c'] })];
  assert.deepEqual(plan({ phases }, {}, { select: { kind: 'phase', phase: 'd' } }).takenFrom, ['b', 'c']);
});

test('an unknown phase is a failure that lists the phases', () => {
  const select = { kind: 'phase', phase: '7' } as const;
  assert.match(failure({ phases: [phase('a'), phase('b')] }, { select }), /no phase "7".*"a", "b".*1 to 2/);
});

test('a variable that the environment lacks is a blocker naming it', () => {
  const env = { KEY: '${env:SECRET_KEY}' };
  const file = { phases: [phase('a', { workers: [worker({ session: { env } })] })] };
  const planned = plan(file);
  assert.deepEqual(notes(planned), ['blocker missing-variable 2']);
  assert.match(planned.plan.notes[0]?.message ?? '', /SECRET_KEY is not set/);
  assert.deepEqual(notes(plan(file, { envNames: ['SECRET_KEY'] })), []);
});

test('a placeholder without a value is a warning in prompts and a blocker in arguments', () => {
  const prompt = { phases: [phase('a', { workers: [worker({ says: 'About {subject}' })] })] };
  assert.deepEqual(notes(plan(prompt)), ['warning unknown-placeholder']);
  const models = { primary: route({ model: 'claude', path: [], args: ['--about={subject}'], env: {} }) };
  assert.deepEqual(notes(plan({ models })), ['blocker argument-placeholder 2']);
  assert.deepEqual(notes(plan({ models }, {}, { vars: { subject: 'x' } })), []);
});

test('a run deeper than max_depth is limited, which is exit code 4', () => {
  assert.deepEqual(notes(plan({}, {}, { depth: 4 })), ['blocker max-depth 4']);
  assert.deepEqual(notes(plan({}, {}, { depth: 3 })), []);
});

test('the same worktree in phases that may overlap is said', () => {
  const shared = [worker({ session: { worktree: 'one' } })];
  const apart = inOrder(phase('a', { workers: shared }), phase('b', { workers: shared }));
  assert.deepEqual(notes(plan({ phases: apart })), []);
  const together = [phase('a', { workers: shared }), phase('b', { workers: shared })];
  assert.deepEqual(notes(plan({ phases: together })), ['note worktree-shared']);
});

test('going on with a session that is not known is a blocker', () => {
  const file = { phases: [phase('a', { workers: [worker({ session: { resume: 'old' } })] })] };
  assert.deepEqual(notes(plan(file, { sessions: { old: 'not-found' } })), ['blocker resume 2']);
  const { place } = only(plan(file, { sessions: { old: 'found' } }));
  assert.deepEqual(place, {
    kind: 'worktree',
    slug: 'old',
    dir: '/home/ada/app.worktrees/old',
    resume: 'old',
  });
});

test('the planner asks for exactly the facts that the file needs', () => {
  const file = workflow({
    models: { primary: route('opus', 'shell'), unused: route('codex') },
    agentFlow: 'flow.md',
    phases: [
      phase('a', {
        workers: [
          worker({ says: '', promptFile: 'p.md' }),
          worker({ id: '2', says: '', promptFile: 'p.md' }),
        ],
        output: { schemaFile: 's.json' },
      }),
    ],
  });
  const wanted = wantedFacts(file, options(), {});
  assert.ok(wanted.ok);
  assert.deepEqual(wanted.value, {
    programs: [{ name: 'claude', versionArgs: ['--version'] }],
    files: ['p.md', 's.json', 'flow.md'],
    connectors: [],
    schemas: [{ phase: 'a', output: { schemaFile: 's.json' } }],
    sessions: [],
    mcpServers: [],
  });
});
