import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { declaredAgentSchema } from '../../../runtime/agents/declared.ts';
import { renderPlan } from '../../../runtime/cli/render-plan.ts';
import { nameKey } from '../../../runtime/git/safe-name.ts';
import type { PlanFacts } from '../../../runtime/plan/facts.ts';
import { makePlan } from '../../../runtime/plan/make-plan.ts';
import { planSchema } from '../../../runtime/plan/plan.ts';
import { wantedFacts } from '../../../runtime/plan/wanted-facts.ts';
import type { Phase, Route, RouteChoice, Worker, Workflow } from '../../../runtime/spec/workflow.ts';
import { facts, options, phase, worker, workflow } from './workflow-builder.ts';

const runs = { numRuns: Number(process.env.FUZZ_RUNS ?? 200), seed: 20_261_122 };

const id = fc.constantFrom('a', 'A', 'b', '1', '2', 'con', 'über uns', '../x', '{run}', 'constructor', '');
const text = fc.oneof(
  fc.constantFrom('Do {task}', '{answers.a}', '{x} {{y}} {run}', '${env:KEY}', '', '\u001b[31mred'),
  fc.string({ maxLength: 40 }),
);
const model = fc.constantFrom(
  'claude',
  'opus',
  'shell',
  'codex',
  'primary',
  'fallback',
  'loop',
  'nobody',
  'mine',
);
const values = fc.dictionary(fc.constantFrom('A', 'PATH', 'KEY'), text, {
  maxKeys: 2,
  noNullPrototype: true,
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const choices: fc.Arbitrary<RouteChoice> = fc
  .record({
    model,
    args: fc.array(text, { maxLength: 2 }),
    env: values,
    command: maybe(fc.array(text, { minLength: 1, maxLength: 3 })),
  })
  .map(({ command, ...rest }) => ({ ...rest, path: [], ...(command === undefined ? {} : { command }) }));
const routes: fc.Arbitrary<Route> = fc
  .tuple(fc.array(choices, { minLength: 1, maxLength: 3 }), maybe(choices))
  .map(([all, last]) => ({
    path: [],
    choices: all,
    ...(last === undefined ? {} : { fallback: { path: [], choices: [last] } }),
  }));

const someWorkers: fc.Arbitrary<readonly Worker[]> = fc.uniqueArray(
  fc
    .record({
      id,
      uses: fc.oneof(model, fc.constant('')),
      says: text,
      worktree: maybe(fc.oneof(text, fc.constant(false as const))),
      permission: maybe(fc.constantFrom('read-only', 'ask', 'edit', 'full')),
      resume: maybe(id),
      env: values,
      isBoxed: fc.boolean(),
    })
    .map(({ id: name, uses, says, worktree, permission, resume, env, isBoxed }) =>
      worker({
        id: name === '' ? 'x' : name,
        uses,
        says,
        session: {
          env,
          sandbox: isBoxed ? { write: [], readDeny: [] } : false,
          ...(worktree === undefined ? {} : { worktree }),
          ...(permission === undefined ? {} : { permission }),
          ...(resume === undefined ? {} : { resume }),
        },
      }),
    ),
  { selector: one => one.id, minLength: 1, maxLength: 6 },
);

const somePhases: fc.Arbitrary<readonly Phase[]> = fc
  .array(
    fc.record({
      workers: someWorkers,
      kind: fc.constantFrom('workers', 'workers', 'workers', 'dialogue', 'mesh'),
      merge: fc.constantFrom('auto', 'none', 'pick'),
      parallel: fc.boolean(),
      needs: fc.array(fc.nat(5), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map(all =>
    all.map(({ needs, ...rest }, at) =>
      phase(`p${at}`, {
        ...rest,
        needs: [...new Set(needs.filter(need => need < at).map(need => `p${need}`))],
      }),
    ),
  );

const workflows: fc.Arbitrary<Workflow> = fc
  .record({
    phases: somePhases,
    models: fc.dictionary(fc.constantFrom('primary', 'fallback', 'loop'), routes, { noNullPrototype: true }),
    task: maybe(text),
    agentFlow: maybe(fc.constant('flow.md')),
    isInteractive: fc.boolean(),
  })
  .map(({ phases, models, task, agentFlow, isInteractive }) => {
    const { task: _, ...base } = workflow();
    return {
      ...base,
      models,
      ...(task === undefined ? {} : { task }),
      ...(agentFlow === undefined ? {} : { agentFlow }),
      ...(isInteractive ? { phases: [], interactive: worker({ says: '' }) } : { phases }),
    };
  });

const machines: fc.Arbitrary<PlanFacts> = fc
  .record({
    platform: fc.constantFrom('linux', 'darwin', 'win32'),
    hasRepository: fc.boolean(),
    hasClaude: fc.boolean(),
  })
  .map(({ platform, hasRepository, hasClaude }) =>
    facts({
      platform,
      ...(hasRepository ? {} : { repository: { kind: 'none' } }),
      ...(hasClaude ? {} : { programs: {} }),
      configuredAgents: { mine: declaredAgentSchema.parse({ command: ['my-cli', '{prompt}'] }) },
    }),
  );

test('every workflow gives a plan that the daemon accepts, the same every time, on every machine', () => {
  fc.assert(
    fc.property(workflows, machines, fc.boolean(), (file, machine, isAttended) => {
      const asked = options({ isAttended });
      assert.ok(wantedFacts(file, asked, machine.configuredAgents).ok);
      const made = makePlan(file, machine, asked);
      assert.ok(made.ok);
      assert.deepEqual(planSchema.parse(made.value.plan), made.value.plan);
      assert.deepEqual(JSON.parse(JSON.stringify(made.value.plan)), made.value.plan);
      assert.deepEqual(makePlan(file, machine, asked), made);
    }),
    runs,
  );
});

test('every worker of every plan keeps its place to itself, unless it resumes or works in place', () => {
  fc.assert(
    fc.property(workflows, machines, (file, machine) => {
      const made = makePlan(file, machine, options());
      assert.ok(made.ok);
      for (const { workers } of made.value.plan.phases) {
        const slugs = workers.flatMap(({ place }) =>
          place.kind === 'worktree' && place.resume === undefined ? nameKey(place.slug) : [],
        );
        assert.equal(new Set(slugs).size, slugs.length, slugs.join(' '));
      }
    }),
    runs,
  );
});

test('the text of every plan is free of control characters but line ends', () => {
  fc.assert(
    fc.property(workflows, machines, fc.integer({ min: 1, max: 200 }), (file, machine, width) => {
      const made = makePlan(file, machine, options());
      assert.ok(made.ok);
      const rendered = renderPlan(made.value.plan, { color: false, width });
      assert.doesNotMatch(rendered, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }),
    runs,
  );
});

test('no value of an environment variable is in the text of a plan', () => {
  const secret = 'sk-live-0123456789';
  const file = workflow({
    phases: [phase('a', { workers: [worker({ session: { env: { KEY: secret } } })] })],
    models: {
      primary: { path: [], choices: [{ model: 'claude', path: [], args: [], env: { TOKEN: secret } }] },
    },
  });
  const made = makePlan(file, facts(), options());
  assert.ok(made.ok);
  assert.ok(!renderPlan(made.value.plan, { color: false, width: 120 }).includes(secret));
});
