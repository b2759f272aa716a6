/**
 * The real Claude Code against a fake model API, through adapter, runner and PTY host. Where the system can, everything
 * runs in a network namespace with nothing but loopback; keys are dummies and the home is private in any case.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { offlineCommand } from './model-api.ts';
import { ensureCli } from './real-clis.ts';
import { runScenarios } from './run-scenarios.ts';

const scenarios = fileURLToPath(new URL('claude-scenarios.ts', import.meta.url));

test('claude behaves as its adapter expects', { timeout: 300_000 }, async t => {
  const found = ensureCli('claude');
  if (found.kind === 'missing') {
    console.error(`SKIPPED: the tests of the real claude. ${found.why}`);
    t.skip(found.why);
    return;
  }
  const argv = [process.execPath, '--test', '--test-reporter=spec', scenarios];
  const offline = offlineCommand(argv);
  if (offline === undefined) t.diagnostic('no network namespace here: dummy keys only');
  const { code, output } = await runScenarios(offline ?? argv, { NIIA_TEST_CLAUDE: found.program }, t.signal);
  assert.equal(code, 0, output);
  assert.match(output, /pass [1-9]/);
  t.diagnostic(/^.*pass \d+$/m.exec(output)?.[0] ?? '');
});
