/**
 * Each `test/fixtures/plan/NAME.connector.json` is planned on a pretended machine and compared with `NAME.plan.json` and `NAME.plan.txt`.
 * `UPDATE_GOLDEN=1` accepts what comes out.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyze } from '../../../runtime/analysis/analyze.ts';
import { renderPlan } from '../../../runtime/cli/render-plan.ts';
import type { PlanFacts, PlanOptions } from '../../../runtime/plan/facts.ts';
import { makePlan } from '../../../runtime/plan/make-plan.ts';
import { type Plan, planSchema } from '../../../runtime/plan/plan.ts';
import { facts, options } from './workflow-builder.ts';

const folder = join(import.meta.dirname, '../../fixtures/plan');
const isUpdate = process.env.UPDATE_GOLDEN === '1';

/** What is special about the machine, by golden file. */
const machines: Readonly<Record<string, Partial<PlanFacts>>> = {
  linear: {},
  graph: { repository: { ...cleanRepository(), isDirty: true } },
  many: { envNames: ['SWEEP_TOKEN'] },
  failover: {},
  'in-place': { mcpServers: ['github'] },
  interactive: { repository: withoutBranch() },
  blocked: {
    files: {
      'flow.md': { kind: 'failed', path: '/home/ada/app/flow.md', message: 'there is no such file' },
      'prompts/missing.md': {
        kind: 'failed',
        path: '/home/ada/app/prompts/missing.md',
        message: 'there is no such file',
      },
      'schema.json': { kind: 'text', path: '/home/ada/app/schema.json', text: '{ "type": 7 }' },
    },
    schemaProblems: { typed: 'type must be one of the seven' },
    sessions: { gone: 'not-found' },
  },
  unborn: { repository: { kind: 'unborn', root: '/home/ada/app' } },
};

/** What was asked for, by golden file. */
const asked: Readonly<Record<string, Partial<PlanOptions>>> = {
  graph: { isAttended: false },
  linear: { vars: { ticket: 'T-1' } },
  'in-place': { isAttended: false },
};

function cleanRepository() {
  const { repository } = facts();
  assert.equal(repository.kind, 'found');
  return repository;
}

function withoutBranch(): PlanFacts['repository'] {
  const { branch, ...rest } = cleanRepository();
  return rest;
}

function planFile(name: string): Plan {
  const text = readFileSync(join(folder, `${name}.connector.json`), 'utf8');
  const { workflow, diagnostics } = analyze(text, { fileName: `${name}.connector.json` });
  assert.ok(workflow, `the file has errors: ${JSON.stringify(diagnostics)}`);
  const planned = makePlan(workflow, facts(machines[name]), options(asked[name]));
  assert.ok(planned.ok);
  return planned.value.plan;
}

function compare(file: string, actual: string): void {
  const path = join(folder, file);
  if (isUpdate) writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, 'utf8'));
}

for (const name of Object.keys(machines)) {
  test(`the plan of ${name}.connector.json is as recorded, and the daemon would accept it`, () => {
    const plan = planFile(name);
    assert.deepEqual(planSchema.parse(plan), plan, 'every field is in the schema of plans');
    compare(`${name}.plan.json`, `${JSON.stringify(plan, null, 2)}\n`);
  });

  test(`the text of the plan of ${name}.connector.json is as recorded`, () => {
    compare(`${name}.plan.txt`, renderPlan(planFile(name), { color: false, width: 100 }));
  });

  test(`no line of the plan of ${name}.connector.json is wider than a terminal of 80 columns, but for long words`, () => {
    const text = renderPlan(planFile(name), { color: false, width: 80 });
    const wide = text.split('\n').filter(line => line.length > 80 && line.trim().split(/\s+/).length > 3);
    assert.deepEqual(wide, []);
  });
}

test('no recorded plan is left without its file', () => {
  const names = new Set(readdirSync(folder).map(file => file.replace(/\.(connector|plan)\.(json|txt)$/, '')));
  assert.deepEqual([...names].sort(), Object.keys(machines).sort());
});

test('colours change nothing but colours', () => {
  const plan = planFile('linear');
  const colored = renderPlan(plan, { color: true, width: 1000 });
  assert.equal(colored.replace(/\u001b\[\d+m/g, ''), renderPlan(plan, { color: false, width: 1000 }));
  assert.match(colored, /\u001b\[/);
});
