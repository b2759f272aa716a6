/**
 * A round of real CLIs through the built program against a fake model API. Where the system can, everything runs in a
 * network namespace with nothing but loopback; keys are dummies and homes are private in any case. By itself a round takes
 * the first few CLIs; with NIIA_TEST_ALL=1 (`npm run test:agents -- --all`) it takes all.
 */
import { test } from 'node:test';
import { cliNames } from './real-clis.ts';
import { playScenarios } from './run-scenarios.ts';

const isWhole = process.env.NIIA_TEST_ALL === '1';

/** What is shown, by which scenarios, and with how many CLIs where not with all. */
const rounds = [
  { what: 'two phases in both transports', file: 'phases.ts', short: 6 },
  { what: 'tools of MCP servers', file: 'tools.ts', short: 3 },
  { what: 'failover, parking and a storm', file: 'failover.ts', short: 3 },
  { what: 'answers from the command line', file: 'people.ts', short: 2 },
  { what: 'answers that do not fit, in both transports', file: 'talk.ts', short: 2 },
  { what: 'crashes of the daemon, and limits', file: 'lasting.ts', short: 3 },
];

for (const { what, file, short } of rounds) {
  const wanted = isWhole ? cliNames : cliNames.slice(0, short);
  test(`${what}: ${wanted.join(', ')}`, { timeout: 900_000 }, t => playScenarios(t, `round/${file}`, wanted));
}
