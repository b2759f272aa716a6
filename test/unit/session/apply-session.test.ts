import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '../../../runtime/result.ts';
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
import type { Session } from '../../../runtime/spec/workflow.ts';

function context(settings: Partial<Session> = {}, clientEnv: Record<string, string> = {}): SessionContext {
  return { workspace: '/ws', settings: { sandbox: false, env: {}, ...settings }, clientEnv };
}

async function apply(from: SessionContext, plugins: readonly SessionPlugin[] = sessionPlugins()) {
  return await applySession(plugins, startingSession('s1', from), from);
}

async function applied(from: SessionContext): Promise<SessionConfig> {
  const result = await apply(from);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

test('variables read the client’s environment, and what they read is to be redacted', async () => {
  const session = await applied(
    context({ env: { KEY: 'Bearer ${env:TOKEN}', PLAIN: 'x' } }, { TOKEN: 'sesame-123', PATH: '/bin' }),
  );
  assert.equal(session.env.KEY, 'Bearer sesame-123');
  assert.equal(session.env.PLAIN, 'x');
  assert.equal(session.env.PATH, '/bin');
  assert.deepEqual(session.redact, ['Bearer sesame-123', 'sesame-123']);
});

test('a missing variable is a failure that names it and no value', async () => {
  const result = await apply(
    context({ env: { A: '${env:SECRET}', KEY: '${env:GONE}' } }, { SECRET: 'sesame-123' }),
  );
  assert.ok(!result.ok);
  assert.deepEqual(result.failure, { kind: 'missing_variable', variable: 'GONE', neededBy: 'KEY' });
  assert.match(describeSessionFailure(result.failure), /"GONE".*"KEY"/);
});

test('a text that a variable holds is not read as a reference again', async () => {
  const session = await applied(context({ env: { KEY: '${env:A}' } }, { A: '${env:B} $& $1', B: 'no' }));
  assert.equal(session.env.KEY, '${env:B} $& $1');
});

test('without a worktree the session runs in the workspace and asks', async () => {
  const session = await applied(context({ worktree: false }));
  assert.deepEqual([session.cwd, session.permission, session.timeoutMs], ['/ws', 'ask', undefined]);
});

test('permission and timeout of the settings hold', async () => {
  const session = await applied(context({ permission: 'full', timeoutMs: 5 }));
  assert.deepEqual([session.permission, session.timeoutMs], ['full', 5]);
});

test('a session that asks for a sandbox does not start', async () => {
  const result = await apply(context({ sandbox: { write: [], readDeny: [] } }));
  assert.ok(!result.ok && result.failure.kind === 'sandbox_unavailable');
});

test('variables that bind git to another repository do not reach the worker', async () => {
  const session = await applied(
    context({}, { GIT_DIR: '/x/.git', GIT_INDEX_FILE: '/x', GIT_SSH_COMMAND: 'ssh' }),
  );
  assert.deepEqual(session.env, { GIT_SSH_COMMAND: 'ssh' });
});

/** A plugin that writes down when it is called. */
function noting(
  name: string,
  log: string[],
  fails: { apply?: boolean; cleanup?: boolean } = {},
): SessionPlugin {
  const failure = err({ kind: 'plugin', program: name, action: 'apply', message: 'no' } as const);
  return {
    name,
    apply: async session => {
      log.push(`apply ${name}`);
      return fails.apply ? failure : ok({ ...session, notes: [...session.notes, name] });
    },
    cleanup: async session => {
      log.push(`cleanup ${name}`);
      return fails.cleanup ? failure : ok(session);
    },
  };
}

test('a plugin that fails has the ones before it cleaned up, last first', async () => {
  const log: string[] = [];
  const plugins = [noting('a', log), noting('b', log), noting('c', log, { apply: true }), noting('d', log)];
  const result = await apply(context(), plugins);
  assert.ok(!result.ok);
  assert.deepEqual(log, ['apply a', 'apply b', 'apply c', 'cleanup b', 'cleanup a']);
});

test('a cleanup that fails does not stop the others', async () => {
  const log: string[] = [];
  const plugins = [noting('a', log), noting('b', log, { cleanup: true })];
  const from = context();
  const { failures } = await cleanUpSession(plugins, startingSession('s1', from), from);
  assert.deepEqual(log, ['cleanup b', 'cleanup a']);
  assert.equal(failures.length, 1);
});

test('plugins stand in the order of the spec, the user’s own inside the sandbox', () => {
  const names = sessionPlugins([noting('mine', [])]).map(plugin => plugin.name);
  assert.deepEqual(names, [
    'worktree',
    'scratchpad',
    'env',
    'permission',
    'mine',
    'sandbox',
    'timeout',
    'setup',
  ]);
});
