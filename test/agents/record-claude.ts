/**
 * Records what the real Claude Code prints into test/fixtures/agents/claude/: `node test/agents/record-claude.ts`.
 * The unit tests of the adapter read these files. Runs offline, with a private home and dummy keys.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claude } from '../../runtime/agents/claude.ts';
import type { Permission } from '../../runtime/spec/workflow.ts';
import { cliEnv } from './cli-home.ts';
import { isOffline, offlineCommand, startModelApi } from './model-api.ts';
import { ensureCli } from './real-clis.ts';

interface Scenario {
  readonly name: string;
  readonly reply: readonly unknown[];
  readonly permission?: Permission;
  readonly model?: string;
  readonly conversation?: { readonly id: string; readonly isNew: boolean };
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupted as soon as it has said something. */
  readonly isInterrupted?: boolean;
}

const conversation = '11111111-2222-4333-8444-555555555555';
const write = (path: string) => ({ write: { path: `@PROJECT@/${path}`, content: 'two\n' } });

const scenarios: readonly Scenario[] = [
  {
    name: 'answered',
    reply: [
      { say: 'Working.', ...write('b.txt') },
      { text: 'All done. – ünï 🎉', usage: { input: 1000, output: 50, cacheRead: 200 } },
    ],
    conversation: { id: conversation, isNew: true },
  },
  {
    name: 'resumed',
    reply: [{ text: 'Second.', usage: { input: 500, output: 20 } }],
    conversation: { id: conversation, isNew: false },
  },
  { name: 'refused', reply: [write('c.txt'), { text: 'I could not.' }], permission: 'ask' },
  {
    name: 'refused-read-only',
    reply: [{ bash: 'echo hi > zz' }, { text: 'Read.' }],
    permission: 'read-only',
  },
  {
    name: 'edited-then-refused',
    reply: [write('d.txt'), { bash: 'npm test' }, { text: 'Edited, not tested.' }],
  },
  { name: 'not-allowed', reply: [{ error: 401 }] },
  { name: 'rate-limited', reply: [{ error: 429, retryAfter: 5 }] },
  { name: 'overloaded', reply: [{ error: 529 }] },
  { name: 'server-error', reply: [{ error: 500 }] },
  { name: 'server-error-then-answered', reply: [{ error: 500, times: 1 }, { text: 'fine' }] },
  { name: 'bad-model', reply: [{ error: 404 }], model: 'nosuch-model' },
  {
    name: 'context-full',
    reply: [{ error: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' }],
  },
  {
    name: 'out-of-credit',
    reply: [{ error: 400, message: 'Your credit balance is too low to access the Anthropic API.' }],
  },
  { name: 'connection-cut', reply: [{ drop: true }] },
  { name: 'not-logged-in', reply: [{ text: 'never' }], env: { ANTHROPIC_API_KEY: '' } },
  {
    name: 'unknown-conversation',
    reply: [{ text: 'never' }],
    conversation: { id: '99999999-2222-4333-8444-555555555555', isNew: false },
  },
  {
    name: 'conversation-in-use',
    reply: [{ text: 'never' }],
    conversation: { id: conversation, isNew: true },
  },
  { name: 'interrupted', reply: [{ hang: 'stream' }], isInterrupted: true },
];

const fixtures = fileURLToPath(new URL('../fixtures/agents/claude/', import.meta.url));

async function record(program: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'record-claude-'));
  await using api = await startModelApi();
  try {
    for (const scenario of scenarios) {
      const run = await runClaude(program, scenario, dir, api.url);
      const scrub = (text: string): string =>
        text.replaceAll(dir, '/recorded').replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1234');
      writeFileSync(join(fixtures, `${scenario.name}.ndjson`), scrub(run.stdout));
      const end = { code: run.code, signal: run.signal, stderr: scrub(run.stderr) };
      writeFileSync(join(fixtures, `${scenario.name}.json`), `${JSON.stringify(end, null, 2)}\n`);
      console.log(`${scenario.name}: ${JSON.stringify(end)}`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function runClaude(program: string, scenario: Scenario, dir: string, url: string) {
  const home = join(dir, 'home');
  const project = join(dir, 'project');
  mkdirSync(home, { recursive: true });
  mkdirSync(project, { recursive: true });
  const promptFile = join(dir, 'prompt.md');
  const prompt = `Do it. %%fake${JSON.stringify(scenario.reply).replaceAll('@PROJECT@', project)}`;
  writeFileSync(promptFile, prompt);
  const { argv, env } = claude.headlessCommand({
    prompt,
    promptFile,
    filesDir: dir,
    permission: scenario.permission ?? 'edit',
    args: [],
    program,
    platform: process.platform,
    ...(scenario.model === undefined ? {} : { model: scenario.model }),
    ...(scenario.conversation === undefined ? {} : { conversation: scenario.conversation }),
  });
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    cwd: project,
    env: { ...env, ...cliEnv('claude', home, url, []), ...scenario.env },
    stdio: [openSync(promptFile, 'r'), 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (scenario.isInterrupted) child.kill('SIGINT');
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve =>
    child.once('close', (...end: [number | null, string | null]) => resolve(end)),
  );
  return { stdout, stderr, code, signal };
}

const found = ensureCli('claude');
if (found.kind === 'missing') throw new Error(found.why);
const self = fileURLToPath(import.meta.url);
const offline = isOffline ? undefined : offlineCommand([process.execPath, self]);
if (offline === undefined) {
  await record(found.program);
} else {
  const env = { ...process.env, NIIA_TEST_OFFLINE: '1' };
  const { status } = spawnSync(offline[0] ?? '', offline.slice(1), { env, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
