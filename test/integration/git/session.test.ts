import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commitWorktree } from '../../../runtime/git/commit.ts';
import { includeFiles } from '../../../runtime/git/worktree-include.ts';
import {
  applySession,
  cleanUpSession,
  describeSessionFailure,
  sessionPlugins,
  startingSession,
} from '../../../runtime/session/apply-session.ts';
import type {
  SessionConfig,
  SessionContext,
  SessionPlugin,
} from '../../../runtime/session/session-plugin.ts';
import { userPlugin } from '../../../runtime/session/user-plugin.ts';
import type { Session } from '../../../runtime/spec/workflow.ts';
import { failure, GitRig, value } from './git-rig.ts';

interface Scene {
  readonly context: SessionContext;
  readonly setups: (readonly string[])[];
}

async function scene(rig: GitRig, settings: Partial<Session> = {}, exitCode = 0): Promise<Scene> {
  const guard = await rig.guard();
  const setups: (readonly string[])[] = [];
  const context: SessionContext = {
    workspace: rig.repo,
    settings: { sandbox: false, env: {}, ...settings },
    clientEnv: rig.access.env,
    git: {
      guard,
      request: rig.request('w1', rig.git('rev-parse', 'HEAD')),
      linkedDirectories: ['node_modules'],
    },
    scratchpadDir: join(rig.dir, 'state', 'scratchpad'),
    runSetup: async argv => {
      setups.push(argv);
      return { exitCode, lastOutput: 'the last words' };
    },
  };
  return { context, setups };
}

async function apply(context: SessionContext, users: readonly SessionPlugin[] = []) {
  return await applySession(sessionPlugins(users), startingSession('s1', context), context);
}

test('a session has its worktree, the scratchpad, the copied files and the linked folders, without a trace in git', async () => {
  using rig = new GitRig();
  rig.write('.env', 'SECRET=1\n');
  rig.write('node_modules/x/index.js', 'x\n');
  rig.commit({ 'a.txt': 'a\n', '.gitignore': '.env\nnode_modules/\n', '.worktreeinclude': '.env\n' });
  const { context } = await scene(rig);
  const session = value(await apply(context));
  const tree = session.cwd;
  assert.equal(session.worktree?.path, tree);
  assert.equal(session.permission, 'edit');
  assert.equal(readFileSync(join(tree, '.env'), 'utf8'), 'SECRET=1\n');
  assert.equal(readFileSync(join(tree, 'node_modules/x/index.js'), 'utf8'), 'x\n');
  assert.equal(session.env.NIIA_SCRATCHPAD, context.scratchpadDir);
  writeFileSync(join(tree, '.niia/scratchpad/note.md'), 'note\n');
  assert.equal(readFileSync(join(session.scratchpadDir ?? '', 'note.md'), 'utf8'), 'note\n');
  assert.equal(rig.gitAt(tree, 'status', '--porcelain'), '?? node_modules');
  const { worktree } = session;
  assert.ok(worktree && context.git);
  const commit = value(await commitWorktree(context.git.guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(commit.kind, 'nothing');
  assert.deepEqual(session.notes, []);
});

test('setup runs once in a new worktree, with the session’s variables, and not again', async () => {
  using rig = new GitRig();
  rig.commit({ 'a.txt': 'a\n' });
  const { context, setups } = await scene(rig, { setup: ['npm', 'ci'] });
  value(await apply(context));
  const again = value(await apply(context));
  assert.deepEqual(setups, [['npm', 'ci']]);
  assert.deepEqual([again.worktree?.origin, again.worktree?.isSetUp], ['adopted', true]);
});

test('a setup that fails is a failure with its code, and leaves neither worktree nor branch', async () => {
  using rig = new GitRig();
  rig.commit({ 'a.txt': 'a\n' });
  const { context } = await scene(rig, { setup: ['npm', 'ci'] }, 3);
  const failed = failure(await apply(context));
  assert.deepEqual(failed, { kind: 'setup', code: 3, lastOutput: 'the last words' });
  assert.equal(existsSync(join(rig.worktreesDir, 'slug-w1')), false);
  assert.equal(rig.git('branch', '--list', 'niia/*'), '');
});

test('a variable that is missing leaves nothing behind', async () => {
  using rig = new GitRig();
  rig.commit({ 'a.txt': 'a\n' });
  const { context } = await scene(rig, { env: { KEY: '${env:GONE}' } });
  assert.equal(failure(await apply(context)).kind, 'missing_variable');
  assert.equal(rig.git('worktree', 'list').split('\n').length, 1);
});

test('cleanup removes a merged worktree and keeps, with a note, one that holds work', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const { context } = await scene(rig);
  const session = value(await apply(context));
  writeFileSync(join(session.cwd, 'new.txt'), 'x');
  const ended = { ...context, mergedInto: [base] };
  const kept = await cleanUpSession(sessionPlugins(), session, ended);
  assert.match(kept.session.notes.join(), /kept .*slug-w1: it holds 1 uncommitted change \(new\.txt\)/);
  assert.ok(context.git && session.worktree);
  const request = { worktree: session.worktree, worker: 'w1', message: 'x' };
  const { head } = value(await commitWorktree(context.git.guard, request));
  await cleanUpSession(sessionPlugins(), session, { ...context, mergedInto: [head] });
  assert.equal(existsSync(session.cwd), false);
  assert.ok(existsSync(join(context.scratchpadDir ?? '')), 'the scratchpad is the run’s and stays');
});

test('a link that a worker committed as .niia does not lead us out of the tree', async () => {
  using rig = new GitRig();
  symlinkSync(rig.home, join(rig.repo, '.niia'));
  rig.commit({ 'a.txt': 'a\n' });
  const session = value(await apply((await scene(rig)).context));
  assert.ok(lstatSync(join(session.cwd, '.niia')).isDirectory());
  assert.equal(existsSync(join(rig.home, '.gitignore')), false);
  assert.equal(existsSync(join(rig.home, 'scratchpad')), false);
});

test('a scratchpad link that the worker turned elsewhere is set right again', async () => {
  using rig = new GitRig();
  rig.commit({ 'a.txt': 'a\n' });
  const { context } = await scene(rig);
  const { cwd } = value(await apply(context));
  const link = join(cwd, '.niia/scratchpad');
  rmSync(link);
  symlinkSync(rig.home, link);
  value(await apply(context));
  assert.equal(readlinkSync(link), context.scratchpadDir);
});

/** Files of a workspace, the patterns, and what comes into the worktree. */
const INCLUDES: readonly {
  readonly name: string;
  readonly patterns: string;
  readonly copied: readonly string[];
}[] = [
  {
    name: 'a name matches at any depth but not in ignored folders',
    patterns: '.env',
    copied: ['.env', 'app/.env'],
  },
  {
    name: 'a pattern with a slash reaches into an ignored folder',
    patterns: 'build/keep/*.json',
    copied: ['build/keep/k.json'],
  },
  {
    name: 'an ignored folder comes whole',
    patterns: 'build/',
    copied: ['build/keep/k.json', 'build/keep/k.txt', 'build/x.o'],
  },
  { name: 'a negated pattern takes out', patterns: '*.env\n.env\n!app/.env', copied: ['.env'] },
  { name: 'tracked files and links are not copied', patterns: 'a.txt\nlink', copied: [] },
];

for (const { name, patterns, copied } of INCLUDES) {
  test(`.worktreeinclude: ${name}`, async () => {
    using rig = new GitRig();
    rig.commit({ 'a.txt': 'a\n', 'app/b.txt': 'b\n', '.gitignore': '.env\nnode_modules/\nbuild/\n/link\n' });
    for (const path of [
      '.env',
      'app/.env',
      'node_modules/.env',
      'build/x.o',
      'build/keep/k.json',
      'build/keep/k.txt',
    ]) {
      rig.write(path, `${path}\n`);
    }
    symlinkSync('/etc/passwd', join(rig.repo, 'link'));
    rig.write('.worktreeinclude', `${patterns}\n`);
    const target = join(rig.dir, 'target');
    mkdirSync(target);
    value(await includeFiles({ workspace: rig.repo, target, linkedDirectories: [], access: rig.access }));
    const found = readdirSync(target, { recursive: true, withFileTypes: true })
      .filter(entry => !entry.isDirectory())
      .map(entry => join(entry.parentPath, entry.name).slice(target.length + 1));
    assert.deepEqual(found.sort(), copied);
  });
}

test('.worktreeinclude neither overwrites nor writes through a link in the tree', async () => {
  using rig = new GitRig();
  rig.commit({ '.gitignore': 'secret/\n.env\n' });
  rig.write('.env', 'theirs\n');
  rig.write('secret/key', 'k\n');
  rig.write('.worktreeinclude', '.env\nsecret/\n');
  const target = join(rig.dir, 'target');
  rig.write(join(target, '.env'), 'mine\n');
  symlinkSync(rig.home, join(target, 'secret'));
  const request = { workspace: rig.repo, target, linkedDirectories: ['gone'], access: rig.access };
  const { skipped } = value(await includeFiles(request));
  assert.deepEqual(skipped, [
    { path: 'gone', reason: 'missing' },
    { path: '.env', reason: 'exists' },
    { path: 'secret/key', reason: 'behind_link' },
  ]);
  assert.equal(readFileSync(join(target, '.env'), 'utf8'), 'mine\n');
  assert.equal(existsSync(join(rig.home, 'key')), false);
});

/** A user's plugin written as a shell script. */
function script(rig: GitRig, text: string, timeoutMs?: number): SessionPlugin {
  const program = join(rig.dir, 'plugin.sh');
  writeFileSync(program, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return userPlugin({
    argv: [program, 'arg'],
    position: 0,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

async function callUser(rig: GitRig, plugin: SessionPlugin) {
  const context: SessionContext = {
    workspace: rig.repo,
    settings: { sandbox: false, env: {} },
    clientEnv: rig.access.env,
  };
  const start: SessionConfig = startingSession('s1', context);
  return { context, start, result: await plugin.apply(start, context) };
}

test('a user’s plugin reads the session, changes it, and gets its state back at cleanup', async () => {
  using rig = new GitRig();
  const seen = join(rig.dir, 'seen');
  const answer = JSON.stringify({
    session: { env: { PORT: '4711' }, argvPrefix: ['nice'], timeoutMs: 5 },
    redact: ['sesame'],
    state: { port: 4711 },
  });
  const plugin = script(rig, `cat > "${seen}.$2"; [ "$2" = cleanup ] || echo '${answer}'`);
  const { context, result } = await callUser(rig, plugin);
  const session = value(result);
  assert.deepEqual([session.env, session.argvPrefix, session.timeoutMs], [{ PORT: '4711' }, ['nice'], 5]);
  assert.deepEqual(session.redact, ['sesame']);
  const asked = JSON.parse(readFileSync(`${seen}.apply`, 'utf8'));
  assert.deepEqual(
    [asked.version, asked.session.id, asked.session.cwd, asked.state],
    [1, 's1', rig.repo, null],
  );
  const cleaned = await cleanUpSession([plugin], session, context);
  assert.deepEqual(cleaned.failures, []);
  assert.deepEqual(JSON.parse(readFileSync(`${seen}.cleanup`, 'utf8')).state, { port: 4711 });
});

test('a user’s plugin that says nothing changes nothing', async () => {
  using rig = new GitRig();
  const { start, result } = await callUser(rig, script(rig, 'exit 0'));
  assert.deepEqual(value(result), start);
});

/** Ways to go wrong, and what the message says. */
const FAULTS: readonly (readonly [script: string, message: RegExp])[] = [
  ['echo "no port left" >&2; exit 3', /it ended with 3: no port left/],
  ['echo hello', /its answer is not JSON/],
  [`echo '{"session":{"timeoutMs":"long"}}'`, /does not fit at "session\.timeoutMs"/],
  [`echo '{"session":{"id":"other"}}'`, /does not fit at "session"/],
  ['yes', /longer than 1 MB/],
  ['cat >/dev/null; sleep 600', /took too long/],
];

for (const [text, message] of FAULTS) {
  test(`a user’s plugin that does "${text}" fails with a clear message`, async () => {
    using rig = new GitRig();
    const { result } = await callUser(rig, script(rig, text, text.includes('sleep') ? 300 : 20_000));
    assert.match(describeSessionFailure(failure(result)), message);
  });
}

test('a user’s plugin that does not exist fails with a clear message', async () => {
  using rig = new GitRig();
  const { result } = await callUser(rig, userPlugin({ argv: ['/no/such/program'], position: 0 }));
  assert.match(describeSessionFailure(failure(result)), /there is no such program/);
});
