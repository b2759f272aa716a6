/** A fake model API for the real CLIs to talk to, and a network with nothing else in it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A running fake model API (test/support/fake-model-api.mjs: the prompt scripts the answer). */
export interface ModelApi extends AsyncDisposable {
  readonly url: string;
}

/** Starts a fake model API on a free port of 127.0.0.1. */
export async function startModelApi(): Promise<ModelApi> {
  const script = join(root, 'test', 'support', 'fake-model-api.mjs');
  const child = spawn(process.execPath, [script, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await firstUrl(child);
  return {
    url,
    async [Symbol.asyncDispose]() {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function firstUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the fake model API has no stdout');
  for await (const line of createInterface({ input: child.stdout })) {
    const started: unknown = JSON.parse(line);
    if (typeof started === 'object' && started !== null && 'url' in started) return String(started.url);
  }
  throw new Error('the fake model API ended before it was ready');
}

/**
 * Whether this process is in a network namespace of its own, made by `offlineCommand`: then nothing can leave the
 * machine whatever a CLI tries.
 */
export const isOffline = process.env.NIIA_TEST_OFFLINE === '1';

/** argv that runs a script in a network namespace with nothing but loopback; undefined where that is not possible. */
export function offlineCommand(argv: readonly string[]): readonly string[] | undefined {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const wrap = ['unshare', ...user, '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  try {
    execFileSync(wrap[0] ?? '', [...wrap.slice(1), 'true'], { stdio: 'ignore' });
    return [...wrap, ...argv];
  } catch {
    return undefined;
  }
}
