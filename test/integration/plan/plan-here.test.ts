import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { configSchema } from '../../../runtime/config/config.ts';
import { findPlaces } from '../../../runtime/config/places.ts';
import { planHere } from '../../../runtime/machine/plan-here.ts';
import type { Plan } from '../../../runtime/plan/plan.ts';
import type { Workflow } from '../../../runtime/spec/workflow.ts';
import { choice, options, phase, route, worker, workflow } from '../../unit/plan/workflow-builder.ts';

let home: string;
let repository: string;
let bin: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'niia-plan-')));
  repository = join(home, 'app');
  bin = join(home, 'bin');
  mkdirSync(repository);
  mkdirSync(bin);
  git('init', '-q', '-b', 'main');
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function environment() {
  const { PATH } = process.env;
  return {
    PATH: `${bin}:${PATH}`,
    HOME: home,
    NIIA_HOME: join(home, 'niia'),
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    TOKEN: 'sk-live-0123456789',
  };
}

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  return execFileSync('git', [...identity, ...args], {
    cwd: repository,
    env: environment(),
    encoding: 'utf8',
  }).trim();
}

function commit(): string {
  git('commit', '-q', '--allow-empty', '-m', 'first');
  return git('rev-parse', 'HEAD');
}

function program(name: string, script: string): string {
  const file = join(bin, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

async function planIn(folder: string, given: Partial<Workflow>, askVersions = false): Promise<Plan> {
  const made = await planHere(workflow(given), {
    file: join(repository, 'demo.connector.json'),
    text: '{}',
    workspace: folder,
    env: environment(),
    config: configSchema.parse({}),
    places: findPlaces(environment()),
    askVersions,
    options: options(),
  });
  assert.ok(made.ok);
  return made.value.plan;
}

function codes(plan: Plan): readonly string[] {
  return plan.notes.map(note => note.code);
}

const shellOnly: Partial<Workflow> = { models: { primary: route('shell') } };

test('a plan holds the repository, and making it changes nothing', async () => {
  const head = commit();
  const before = readdirSync(home).sort();
  const plan = await planIn(repository, shellOnly);
  assert.deepEqual(plan.repository, {
    root: repository,
    commonDir: join(repository, '.git'),
    head,
    branch: 'main',
    isDirty: false,
  });
  assert.equal(plan.fileHash, '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  const [first] = plan.phases[0]?.workers ?? [];
  assert.deepEqual(first?.place, {
    kind: 'worktree',
    slug: 'demo-build-1',
    dir: join(home, 'app.worktrees', 'demo-build-1'),
  });
  assert.deepEqual(readdirSync(home).sort(), before);
  assert.equal(git('status', '--porcelain'), '');
});

test('uncommitted changes and a detached HEAD are noted', async () => {
  commit();
  git('checkout', '-q', '--detach');
  writeFileSync(join(repository, 'new.txt'), 'x');
  const plan = await planIn(repository, shellOnly);
  assert.deepEqual(codes(plan), ['dirty', 'detached-head']);
  assert.equal(plan.repository?.branch, undefined);
});

test('a repository without a commit is a blocker, a folder without a repository works in place', async () => {
  assert.deepEqual(codes(await planIn(repository, shellOnly)), ['unborn-head']);
  const plan = await planIn(home, shellOnly);
  assert.ok(codes(plan).includes('no-repository'));
  assert.equal(plan.repository, undefined);
});

test('a bare repository is a blocker', async () => {
  git('init', '-q', '--bare', join(home, 'bare.git'));
  assert.deepEqual(codes(await planIn(join(home, 'bare.git'), shellOnly)), ['repository']);
});

test('a program is found on PATH with its version, and one that is not executable is not', async () => {
  commit();
  const claude = program('claude', 'echo "9.9.9 (Fake)"');
  const found = await planIn(repository, {}, true);
  const [first] = found.phases[0]?.workers[0]?.routes ?? [];
  assert.deepEqual([first?.program, first?.version], [claude, '9.9.9 (Fake)']);
  chmodSync(claude, 0o644);
  const mine = { models: { primary: route(choice('', { command: ['my-cli', '{prompt}'] })) } };
  assert.deepEqual(codes(await planIn(repository, mine)), ['no-model-available']);
});

test('a program that does not say its version in time has none', async () => {
  commit();
  program('claude', 'exec sleep 60');
  const plan = await planIn(repository, {}, true);
  assert.equal(plan.phases[0]?.workers[0]?.routes[0]?.version, undefined);
});

test('a prompt file is read relative to the connector file', async () => {
  commit();
  mkdirSync(join(repository, 'prompts'));
  writeFileSync(join(repository, 'prompts', 'a.md'), '\ufeffSay hello\n');
  const file = {
    ...shellOnly,
    phases: [phase('a', { workers: [worker({ says: '', promptFile: 'prompts/a.md' })] })],
  };
  const plan = await planIn(repository, file);
  assert.equal(plan.phases[0]?.workers[0]?.prompt, 'Say hello\n');
});

for (const [what, make, expected] of [
  ['missing', () => undefined, /there is no such file/],
  ['a directory', (file: string) => mkdirSync(file), /it is a directory/],
  ['a pipe', (file: string) => execFileSync('mkfifo', [file]), /it is not a file/],
  [
    'larger than 4 MB',
    (file: string) => writeFileSync(file, 'x'.repeat(4 * 1024 * 1024 + 1)),
    /larger than 4 MB/,
  ],
  ['not UTF-8', (file: string) => writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00])), /not UTF-8/],
  ['a link to nowhere', (file: string) => symlinkSync('nowhere', file), /there is no such file/],
] as const) {
  test(`a prompt file that is ${what} is a blocker that says so`, async () => {
    commit();
    make(join(repository, 'p.md'));
    const file = {
      ...shellOnly,
      phases: [phase('a', { workers: [worker({ says: '', promptFile: 'p.md' })] })],
    };
    const plan = await planIn(repository, file);
    const note = plan.notes.find(({ code }) => code === 'prompt-file');
    assert.match(note?.message ?? '', expected);
  });
}

test('an output schema that cannot be used is a blocker, inline or in a file', async () => {
  commit();
  writeFileSync(join(repository, 'bad.json'), '{ "type": 7 }');
  writeFileSync(join(repository, 'broken.json'), '{ "type"');
  writeFileSync(join(repository, 'good.json'), '{ "type": "object" }');
  const file = {
    ...shellOnly,
    phases: [
      phase('inline', { output: { schema: { type: 'nothing' } } }),
      phase('bad', { output: { schemaFile: 'bad.json' } }),
      phase('broken', { output: { schemaFile: 'broken.json' } }),
      phase('good', { output: { schemaFile: 'good.json' } }),
    ],
  };
  const plan = await planIn(repository, file);
  assert.deepEqual(
    plan.notes
      .filter(({ severity }) => severity === 'blocker')
      .map(({ code, message }) => `${code} ${/phase "(\w+)"/.exec(message)?.[1]}`),
    ['output-schema inline', 'output-schema bad', 'output-schema broken'],
  );
  assert.deepEqual(plan.phases[3]?.output, { type: 'object' });
});

test('a session to resume is found by its worktree, or by the journal of the run that made it', async () => {
  commit();
  mkdirSync(join(home, 'app.worktrees', 'there'), { recursive: true });
  const run = join(findPlaces(environment()).runsDir, 'r1');
  mkdirSync(run, { recursive: true });
  writeFileSync(
    join(run, 'journal.ndjson'),
    '{"kind":"worktree-ready","slug":"gone"}\n{"kind":"worktree-ready","sl',
  );
  const resuming = (slug: string) => ({
    ...shellOnly,
    phases: [phase('a', { workers: [worker({ session: { resume: slug } })] })],
  });
  assert.deepEqual(codes(await planIn(repository, resuming('there'))), []);
  assert.deepEqual(codes(await planIn(repository, resuming('gone'))), []);
  assert.deepEqual(codes(await planIn(repository, resuming('never'))), ['resume']);
});

test('no value of the environment is in a plan, only that a variable is there', async () => {
  commit();
  const file = {
    ...shellOnly,
    phases: [phase('a', { workers: [worker({ session: { env: { KEY: '${env:TOKEN}' } } })] })],
  };
  const plan = await planIn(repository, file);
  assert.deepEqual(codes(plan), []);
  assert.equal(plan.phases[0]?.workers[0]?.env.KEY, '${env:TOKEN}');
  assert.ok(!JSON.stringify(plan).includes('sk-live'));
});
