import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { planOf } from '../../integration/daemon/plan-of.ts';
import { createRig, finish, ofKind, outcomeOf, startRun, untilEvent } from '../../integration/daemon/rig.ts';
import { eventually } from '../../support/wait.ts';

const daemon = join(import.meta.dirname, '..', '..', '..', 'dist', 'daemon.js');

test('32 workers in 32 worktrees at once all succeed and are all merged', async t => {
  const rig = createRig(t, daemon);
  const client = await rig.connect();
  const workers = Array.from({ length: 32 }, (_, i) => ({
    script: `echo ${i} > file-${i}.txt; echo answer ${i}`,
  }));
  const plan = planOf([{ name: 'p', workers }], {
    workspace: rig.repository.root,
    repository: rig.repository,
  });
  const run = await startRun(client, plan, rig.env);
  const events = await finish(client, run, 120_000);
  assert.equal(outcomeOf(events), 'succeeded', JSON.stringify(events.slice(-4), null, 1));
  assert.equal(ofKind(events, 'merged').length, 32);
  assert.equal(rig.git('ls-tree', '--name-only', `niia/${run}/head`).split('\n').length, 33);
  const trees = `${rig.repository.root}.worktrees`;
  assert.deepEqual(existsSync(trees) ? readdirSync(trees) : [], []);
});

test('a full disk pauses a run, which goes on when there is room again', async t => {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (!isRoot) return t.skip('needs root to mount a small tmpfs');
  const rig = createRig(t, daemon);
  const small = join(rig.dir, 'home', 'state');
  mkdirSync(small, { mode: 0o700 });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    return t.skip('this machine does not let root mount a tmpfs');
  }
  rig.beforeRemoval(() => void execFileSync('umount', ['-l', small]));
  const client = await rig.connect();
  const script = `until test -e ${rig.dir}/go; do sleep 0.02; done; head -c 100000 /dev/zero | tr '\\0' x`;
  const plan = planOf(
    [
      { name: 'p', workers: [{ script }] },
      { name: 'q', workers: [{ script: 'echo end' }] },
    ],
    {
      workspace: rig.plain,
    },
  );
  const run = await startRun(client, plan, rig.env);
  await untilEvent(client, run, event => event.kind === 'turn-started');
  const ballast = join(small, 'ballast');
  fillUp(ballast);
  writeFileSync(join(rig.dir, 'go'), '');
  // Either the journal could not be written, or it could and says that the answer has to wait.
  await eventually(
    async () => {
      const answer = await client.request('run/approve', { run, gate: 'none' });
      const shown = await client.request('run/show', { run });
      const isNoted = shown.ok && shown.value.view.notes.some(({ text }) => text.includes('disk is full'));
      return isNoted || (!answer.ok && answer.failure.code === 'run-paused');
    },
    { what: 'the run to notice the full disk' },
  );
  const log = join(small, 'daemon.log');
  assert.ok(existsSync(log));
  rmSync(ballast);
  const events = await finish(client, run, 60_000);
  assert.equal(
    outcomeOf(events),
    'succeeded',
    `${JSON.stringify(events.slice(-4), null, 1)}\n${readFileSync(log, 'utf8')}`,
  );
});

function fillUp(file: string): void {
  for (let size = 1 << 20; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // This size does not fit any more.
    }
  }
}
