/** The real Claude Code from npm, fetched once into `.tools/agents/`, and a fake model API for it to talk to. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The version our adapter was written against. */
export const CLAUDE_VERSION = '2.1.330';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Path of the native program, or why it cannot be had here (then its tests are skipped, loudly). */
export function ensureClaude(): { readonly program: string } | { readonly missing: string } {
  const name = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
  const prefix = join(root, '.tools', 'agents');
  const program = join(prefix, 'node_modules', name, process.platform === 'win32' ? 'claude.exe' : 'claude');
  if (existsSync(program)) return { program };
  mkdirSync(prefix, { recursive: true });
  const flags = ['--prefix', prefix, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
  try {
    // The native program runs without Node, so the engine the package asks for does not matter.
    execFileSync('npm', ['install', ...flags, '--engine-strict=false', `${name}@${CLAUDE_VERSION}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
    });
  } catch (error) {
    return { missing: `npm could not install ${name}@${CLAUDE_VERSION}: ${String(error).slice(0, 500)}` };
  }
  return existsSync(program) ? { program } : { missing: `${name} has no program "${program}"` };
}

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

/** A complete environment for claude: private home, dummy key, nothing of the user's. */
export function claudeEnv(home: string, apiUrl: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    ANTHROPIC_BASE_URL: apiUrl,
    ANTHROPIC_API_KEY: 'sk-ant-dummy',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '1',
  };
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
