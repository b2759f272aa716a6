/**
 * Real CLIs in their live terminals against a fake model API. Where the system can, everything runs in a network namespace
 * with nothing but loopback. By itself this takes those of the first three CLIs that are driven in their terminals, and the
 * scenarios that matter most; with NIIA_TEST_ALL=1 (`npm run test:agents -- --all`) all.
 */
import { test } from 'node:test';
import { terminalCliNames } from '../../runtime/agents/terminal/terminal-clis.ts';
import { cliNames } from './real-clis.ts';
import { playScenarios } from './run-scenarios.ts';

const SHORT_ROUND = 3;

const isWhole = process.env.NIIA_TEST_ALL === '1';
const driven = cliNames.filter(name => terminalCliNames.includes(name));
const wanted = isWhole ? driven : driven.slice(0, SHORT_ROUND);

for (const cli of wanted) {
  test(`${cli} can be driven in its live terminal`, { timeout: 600_000 }, t =>
    playScenarios(t, 'live-scenarios.ts', [cli]),
  );
}
