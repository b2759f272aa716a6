import { spawn } from 'node:child_process';

/** Runs scenarios in a test runner of their own, which may be started inside of a network namespace; returns what it printed. */
export function runScenarios(
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
