/**
 * Records what the real CLIs print into test/fixtures/agents/CLI/: `node test/agents/record-clis.ts [CLI…]`. The unit tests
 * of the adapters read these files. Runs offline where the system can, with private homes and dummy keys.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TurnRequest } from '../../runtime/agents/adapter.ts';
import { adapterFor } from '../../runtime/agents/registry.ts';
import { processesWith } from '../support/cli-rig.ts';
import { cliEnv, makePrivateFolder } from './cli-home.ts';
import { isOffline, offlineCommand, startModelApi } from './model-api.ts';
import { type CliName, cliNames, ensureCli } from './real-clis.ts';

interface Scenario {
  readonly name: string;
  readonly reply: readonly unknown[];
  readonly request?: Partial<TurnRequest>;
  /** Goes on with the conversation of the scenario before. */
  readonly isResumed?: boolean;
  /** Recorded for these alone: the others behave as ever. */
  readonly clis?: readonly CliName[];
  /** Variables set for it. */
  readonly env?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const unknownConversation = '99999999-2222-4333-8444-555555555555';
const write = { write: { path: '@PROJECT@/b.txt', content: 'two\n' } };
const noKeys = Object.fromEntries(
  ['ANTHROPIC_API_KEY', 'FAKE_API_KEY', 'GEMINI_API_KEY', 'COPILOT_PROVIDER_API_KEY', 'OPENAI_API_KEY'].map(
    name => [name, ''],
  ),
);

const scenarios: readonly Scenario[] = [
  {
    name: 'answered',
    request: { permission: 'full' },
    reply: [
      { say: 'Working.', bash: 'echo one > a.txt' },
      write,
      { text: 'All done. – ünï 🎉', usage: { input: 1000, output: 50, cacheRead: 200 } },
    ],
  },
  { name: 'resumed', isResumed: true, reply: [{ text: 'Again.', usage: { input: 500, output: 20 } }] },
  {
    name: 'refused',
    request: { permission: 'ask' },
    reply: [{ bash: 'touch c.txt' }, { text: 'I could not.' }],
  },
  { name: 'rate-limited', reply: [{ error: 429, retryAfter: 5 }] },
  { name: 'unauthorized', reply: [{ error: 401 }] },
  { name: 'bad-model', reply: [{ error: 404 }] },
  { name: 'server-error-then-answered', reply: [{ error: 500, times: 1 }, { text: 'fine' }] },
  { name: 'connection-cut', reply: [{ drop: true }] },
  {
    name: 'context-full',
    reply: [{ error: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' }],
  },
  {
    name: 'out-of-credit',
    reply: [{ error: 403, message: 'Your credit balance is too low to access the API.' }],
  },
  {
    name: 'not-logged-in',
    clis: ['codex', 'gemini', 'qwen'],
    reply: [{ text: 'never' }],
    env: noKeys,
  },
  {
    name: 'unknown-conversation',
    clis: ['codex', 'gemini', 'opencode', 'copilot', 'qwen', 'pi'],
    reply: [{ text: 'never' }],
    request: { conversation: { id: unknownConversation, isNew: false } },
  },
];

/** Longest that a recorded turn may take: CLIs that retry for longer are ended, as the runtime would. */
const MAX_TURN_MS = 150_000;

async function record(cli: CliName): Promise<void> {
  const adapter = adapterFor(cli);
  const found = ensureCli(cli);
  if (adapter === undefined || found.kind === 'missing') throw new Error(`${cli} cannot be had`);
  const fixtures = fileURLToPath(new URL(`../fixtures/agents/${cli}/`, import.meta.url));
  rmSync(fixtures, { recursive: true, force: true });
  mkdirSync(fixtures, { recursive: true });
  using folder = makePrivateFolder();
  await using api = await startModelApi();
  const home = join(folder.path, 'home');
  const env = cliEnv(cli, home, api.url, [found.binDir]);
  if (cli === 'cline') spawnSync(found.program, clineLogin(api.url), { env, stdio: 'ignore' });
  let conversation: string | undefined;
  for (const scenario of scenarios.filter(({ clis }) => clis?.includes(cli) ?? true)) {
    if (scenario.isResumed === true && (conversation === undefined || !adapter.canResume)) continue;
    const resumed = scenario.isResumed === true ? { id: conversation ?? '', isNew: false } : undefined;
    const run = await runTurn({ cli, program: found.program, folder: folder.path, env, scenario, resumed });
    const scrub = (text: string): string =>
      text
        .replaceAll(folder.path, '/recorded')
        .replaceAll(root, '/program')
        .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1234')
        .replace(/^.*"session\.(background_tasks_changed|skills_loaded)".*\n/gm, '');
    writeFileSync(join(fixtures, `${scenario.name}.ndjson`), scrub(run.stdout));
    const end = {
      ...run.end,
      stderr: scrub(run.stderr).slice(-2000),
      report: run.report && scrub(run.report),
    };
    writeFileSync(join(fixtures, `${scenario.name}.json`), `${JSON.stringify(end, null, 2)}\n`);
    conversation = run.conversation ?? conversation;
    console.log(`${cli} ${scenario.name}: ${JSON.stringify(run.outcome)}`);
  }
  // Cline keeps a hub running.
  for (const { pid } of processesWith(`HOME=${home}`)) process.kill(pid, 'SIGKILL');
}

interface RecordedTurn {
  readonly cli: CliName;
  readonly program: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly scenario: Scenario;
  readonly resumed: { readonly id: string; readonly isNew: boolean } | undefined;
}

async function runTurn({ cli, program, folder, env, scenario, resumed }: RecordedTurn) {
  const adapter = adapterFor(cli);
  if (adapter === undefined) throw new Error(cli);
  const project = join(folder, 'project');
  mkdirSync(project, { recursive: true });
  spawnSync('git', ['init', '-q', project]);
  const promptFile = join(folder, 'prompt.md');
  const prompt = `Do it. %%fake${JSON.stringify(scenario.reply).replaceAll('@PROJECT@', project)}`;
  writeFileSync(promptFile, prompt);
  const request: TurnRequest = {
    prompt,
    promptFile,
    filesDir: join(folder, 'files'),
    permission: 'edit',
    args: [],
    program,
    platform: process.platform,
    ...(adapter.canResume ? { conversation: resumed ?? { id: crypto.randomUUID(), isNew: true } } : {}),
    ...scenario.request,
  };
  const command = adapter.headlessCommand(request);
  mkdirSync(request.filesDir, { recursive: true });
  for (const [path, text] of Object.entries(command.files ?? {})) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (command.reportFile !== undefined) rmSync(command.reportFile, { force: true });
  const child = spawn(command.argv[0] ?? '', command.argv.slice(1), {
    cwd: project,
    env: { ...command.env, ...env, ...scenario.env },
    stdio: [command.stdin === 'prompt' ? openSync(promptFile, 'r') : 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), MAX_TURN_MS);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve =>
    child.once('close', (...end: [number | null, string | null]) => resolve(end)),
  );
  clearTimeout(timer);
  const report =
    command.reportFile !== undefined && existsSync(command.reportFile)
      ? readFileSync(command.reportFile, 'utf8')
      : undefined;
  const end = { code, signal, at: new Date().toISOString() };
  const reader = adapter.createReader(request);
  reader.feed(stdout);
  const outcome = reader.end(end, stderr.slice(-8192), report);
  return { stdout, stderr, report, end, outcome, conversation: outcome.conversation };
}

function clineLogin(url: string): readonly string[] {
  return ['auth', '-p', 'openai-compatible', '-k', 'dummy', '-m', 'm', '-b', `${url}/v1`];
}

const self = fileURLToPath(import.meta.url);
const names = process.argv.slice(2);
// The recordings of claude have a script of their own.
const isWanted = (cli: CliName): boolean => (names.length === 0 ? cli !== 'claude' : names.includes(cli));
const offline = isOffline ? undefined : offlineCommand([process.execPath, self, ...names]);
if (offline === undefined) {
  for (const cli of cliNames.filter(isWanted)) await record(cli);
} else {
  const env = { ...process.env, NIIA_TEST_OFFLINE: '1' };
  const { status } = spawnSync(offline[0] ?? '', offline.slice(1), { env, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
