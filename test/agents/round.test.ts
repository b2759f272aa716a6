/**
 * A round of real CLIs through the built program against a fake model API. Where the system can, everything runs in a
 * network namespace with nothing but loopback; keys are dummies and homes are private in any case. By itself a round takes
 * the first three CLIs; with NIIA_TEST_ALL=1 (`npm run test:agents -- --all`) it takes all.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { offlineCommand } from './model-api.ts';
import { cliNames, ensureCli } from './real-clis.ts';
import { runScenarios } from './run-scenarios.ts';

const SHORT_ROUND = 3;

const isWhole = process.env.NIIA_TEST_ALL === '1';
const wanted = isWhole ? cliNames : cliNames.slice(0, SHORT_ROUND);

const rounds = {
  'two phases in both transports': 'phases.ts',
  'tools of MCP servers': 'tools.ts',
  'failover, parking and a storm': 'failover.ts',
  'answers from the command line': 'people.ts',
  'crashes of the daemon, and limits': 'lasting.ts',
};

for (const [what, file] of Object.entries(rounds)) {
  test(`${what}: ${wanted.join(', ')}`, { timeout: 900_000 }, async t => {
    const ready = wanted.filter(name => {
      const found = ensureCli(name);
      if (found.kind === 'missing') console.error(`SKIPPED: the tests of the real ${name}. ${found.why}`);
      return found.kind === 'ready';
    });
    if (ready.length === 0) return t.skip('no CLI can be had here');
    const scenarios = fileURLToPath(new URL(`round/${file}`, import.meta.url));
    const argv = [process.execPath, '--test', '--test-reporter=spec', '--test-timeout=240000', scenarios];
    const offline = offlineCommand(argv);
    if (offline === undefined) t.diagnostic('no network namespace here: dummy keys only');
    const { code, output } = await runScenarios(
      offline ?? argv,
      { NIIA_TEST_CLIS: ready.join(',') },
      t.signal,
    );
    assert.equal(code, 0, output);
    assert.match(output, /pass [1-9]/);
    t.diagnostic(/^.*pass \d+$/m.exec(output)?.[0] ?? '');
  });
}
