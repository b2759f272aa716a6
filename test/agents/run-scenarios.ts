import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { offlineCommand } from './model-api.ts';
import { type CliName, ensureCli } from './real-clis.ts';

/**
 * Plays a file of scenarios with those of the CLIs that can be had, in a network namespace with nothing but loopback where
 * the system can; skips loudly where there is none.
 */
export async function playScenarios(t: TestContext, file: string, wanted: readonly CliName[]): Promise<void> {
  const ready = wanted.filter(name => {
    const found = ensureCli(name);
    if (found.kind === 'missing') console.error(`SKIPPED: the tests of the real ${name}. ${found.why}`);
    return found.kind === 'ready';
  });
  if (ready.length === 0) return t.skip(`none can be had here of ${wanted.join(', ')}`);
  const scenarios = fileURLToPath(new URL(file, import.meta.url));
  const argv = [process.execPath, '--test', '--test-reporter=spec', '--test-timeout=240000', scenarios];
  const offline = offlineCommand(argv);
  if (offline === undefined) t.diagnostic('no network namespace here: dummy keys only');
  const { code, output } = await runTests(offline ?? argv, { NIIA_TEST_CLIS: ready.join(',') }, t.signal);
  assert.equal(code, 0, output);
  assert.match(output, /pass [1-9]/);
  t.diagnostic(/^.*pass \d+$/m.exec(output)?.[0] ?? '');
}

/** In a test runner of their own, which may be started inside of a network namespace. */
function runTests(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly output: string }> {
  // Without it the inner runner would report to the outer one, in its own protocol.
  const { NODE_TEST_CONTEXT: _, ...outer } = process.env;
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    env: { ...outer, NIIA_TEST_OFFLINE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, output }));
  });
}
