/**
 * Real CLIs in their live terminals against a fake model API. Where the system can, everything runs in a network namespace
 * with nothing but loopback. By itself this takes those of the first three CLIs that are driven in their terminals, and the
 * scenarios that matter most; with NIIA_TEST_ALL=1 (`npm run test:agents -- --all`) all.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { terminalCliNames } from '../../runtime/agents/terminal/terminal-clis.ts';
import { offlineCommand } from './model-api.ts';
import { cliNames, ensureCli } from './real-clis.ts';
import { runScenarios } from './run-scenarios.ts';

const scenarios = fileURLToPath(new URL('live-scenarios.ts', import.meta.url));
const SHORT_ROUND = 3;

const isWhole = process.env.NIIA_TEST_ALL === '1';
const driven = cliNames.filter(name => terminalCliNames.includes(name));
const wanted = isWhole ? driven : driven.slice(0, SHORT_ROUND);

for (const cli of wanted) {
  test(`${cli} can be driven in its live terminal`, { timeout: 600_000 }, async t => {
    const found = ensureCli(cli);
    if (found.kind === 'missing') {
      console.error(`SKIPPED: the tests of the real ${cli} in its terminal. ${found.why}`);
      return t.skip(found.why);
    }
    const argv = [process.execPath, '--test', '--test-reporter=spec', '--test-timeout=120000', scenarios];
    const offline = offlineCommand(argv);
    if (offline === undefined) t.diagnostic('no network namespace here: dummy keys only');
    const { code, output } = await runScenarios(offline ?? argv, { NIIA_TEST_CLIS: cli }, t.signal);
    assert.equal(code, 0, output);
    assert.match(output, /pass [1-9]/);
    t.diagnostic(/^.*pass \d+$/m.exec(output)?.[0] ?? '');
  });
}
