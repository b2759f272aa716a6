import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../support/wait.ts';
import { planOf } from './plan-of.ts';
import { createRig, finish, isAlive, type Rig, startRun } from './rig.ts';

function shellIn(rig: Rig, session: string) {
  return { session, argv: ['sh'], cwd: rig.plain, env: { ...rig.env, PS1: '> ' }, cols: 80, rows: 24 };
}

test('a session outside of any run is typed into, read and ended', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const opened = await client.request('session/open', shellIn(rig, 'mine'));
  assert.ok(opened.ok, JSON.stringify(opened));
  const again = await client.request('session/open', shellIn(rig, 'mine'));
  assert.equal(!again.ok && again.failure.code, 'session-exists');
  assert.ok((await client.request('session/write', { session: 'mine', text: 'echo $((40 + 2))\n' })).ok);
  const screen = await eventually(
    async () => {
      const shown = await client.request('session/screen', { session: 'mine' });
      return shown.ok && /^42$/m.test(shown.value.text) ? shown.value : undefined;
    },
    { what: 'the sum on the screen' },
  );
  assert.deepEqual([screen.cols, screen.rows], [80, 24]);
  const answer = await client.request('session/answer', { session: 'mine' });
  assert.equal(answer.ok && answer.value.source, 'screen');
  const listed = await client.request('session/list', {});
  assert.deepEqual(
    listed.ok && listed.value.sessions.map(({ session, state, argv }) => ({ session, state, argv })),
    [{ session: 'mine', state: 'running', argv: ['sh'] }],
  );
  assert.deepEqual(await client.request('session/stop', { session: 'mine', how: 'now' }), {
    ok: true,
    value: { survivors: [] },
  });
  await eventually(() => !isAlive(opened.value.pid), { what: 'its end' });
  await eventually(
    async () => {
      const rows = await client.request('session/list', {});
      return rows.ok && rows.value.sessions.every(({ state }) => state !== 'running');
    },
    { what: 'its end, said by the host' },
  );
  const next = await client.request('session/open', shellIn(rig, 'mine'));
  assert.ok(next.ok, 'the name of a session that has ended is free again');
});

test('the niia on a session’s PATH is this build', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  assert.ok((await client.request('session/open', shellIn(rig, 'mine'))).ok);
  await client.request('session/write', { session: 'mine', text: 'command -v niia\n' });
  await eventually(
    async () => {
      const shown = await client.request('session/screen', { session: 'mine' });
      return shown.ok && shown.value.text.includes(join(rig.stateDir, 'bin', 'niia').slice(0, 60));
    },
    { what: 'the path' },
  );
});

test('a session is idle when its program says so, when it ended, and by a guess when it is quiet', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const open = (session: string, script: string) =>
    client.request('session/open', { ...shellIn(rig, session), argv: ['sh', '-c', script] });
  await open(
    'told',
    String.raw`printf '\033]7501;state=working\033\\'; sleep 0.2; printf '\033]7501;state=done\033\\'; sleep 1000`,
  );
  await open('ended', 'exit 3');
  await open('quiet', 'echo hello; sleep 1000');
  const idle = async (session: string) => {
    const answer = await client.request('session/wait-idle', { session, timeoutMs: 20_000 });
    return answer.ok ? answer.value : answer.failure;
  };
  assert.deepEqual(await idle('told'), { state: 'done', evidence: 'the program says so (OSC 7501: done)' });
  assert.deepEqual(await idle('ended'), { state: 'ended', evidence: 'exit code 3' });
  assert.deepEqual(await idle('quiet'), { state: 'idle', evidence: 'guessed: no output for 2 s' });
});

test('the sessions of a run name their worker and give its answer', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const script = `test "$NIIA_WORKER" = p/1 && echo the answer`;
  const waits = `until test -e ${rig.dir}/go; do sleep 0.02; done`;
  const plan = planOf([{ name: 'p', workers: [{ script }, { script: waits }] }], { workspace: rig.plain });
  const run = await startRun(client, plan, rig.env);
  const row = await eventually(
    async () => {
      const listed = await client.request('session/list', {});
      return (
        listed.ok && listed.value.sessions.find(({ worker, state }) => worker === 'p/1' && state === 'ended')
      );
    },
    { what: 'the ended session' },
  );
  assert.equal(row.run, run);
  assert.ok(existsSync(row.recordingFile));
  const answer = await eventually(
    async () => {
      const given = await client.request('session/answer', { session: row.session });
      return given.ok && given.value.source === 'answer' && given.value;
    },
    { what: 'the answer' },
  );
  assert.equal(answer.answer.trim(), 'the answer');
  await client.request('run/stop', { run, how: 'now' });
  await finish(client, run);
  const cast = readFileSync(row.recordingFile, 'utf8').split('\n');
  assert.equal(JSON.parse(cast[0] ?? '').version, 2);
});

test('requests for a session that is not there say so', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  for (const method of ['session/answer', 'session/screen', 'session/wait-idle'] as const) {
    const answer = await client.request(method, { session: 'nobody' });
    assert.equal(!answer.ok && answer.failure.code, 'unknown-session', method);
  }
});
