import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeDemoProject } from '../../../client/walkthrough/demo-project.ts';
import { ok } from '../../../runtime/result.ts';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

test('the demo project is a clean repository with all files its connector file names, made once', async () => {
  const place = mkdtempSync(join(tmpdir(), 'niia-demo-'));
  try {
    const repository = join(place, 'deep', 'titles');
    const file = join(repository, 'demo.connector.json');
    assert.deepEqual(await makeDemoProject(examples, repository), ok(file));
    const git = (...args: readonly string[]) =>
      execFileSync('git', [...args], { cwd: repository, encoding: 'utf8' });
    assert.equal(git('status', '--porcelain'), '');
    assert.equal(git('rev-list', '--count', 'HEAD').trim(), '1');
    assert.ok(existsSync(join(repository, 'demo', 'research-tests.sh')));
    assert.ok(!existsSync(join(repository, 'demo', 'project')));
    writeFileSync(join(repository, 'mine.txt'), 'kept');
    assert.deepEqual(await makeDemoProject(examples, repository), ok(file));
    assert.ok(existsSync(join(repository, 'mine.txt')));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test('a package without the examples makes nothing that looks like a project', async () => {
  const place = mkdtempSync(join(tmpdir(), 'niia-demo-'));
  try {
    const made = await makeDemoProject(join(place, 'nowhere'), join(place, 'titles'));
    assert.equal(made.ok, false);
    assert.ok(!existsSync(join(place, 'titles')));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});
