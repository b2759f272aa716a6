/** How the recorder starts each real CLI: private home, dummy key, fake model. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { claudeTerminal } from '../../runtime/agents/terminal/claude.ts';
import { codexTerminal } from '../../runtime/agents/terminal/codex.ts';
import { copilotTerminal } from '../../runtime/agents/terminal/copilot.ts';
import { geminiTerminal } from '../../runtime/agents/terminal/gemini.ts';
import { opencodeTerminal } from '../../runtime/agents/terminal/opencode.ts';
import { piTerminal } from '../../runtime/agents/terminal/pi.ts';
import { PI_ASKS_FLAG } from '../../runtime/agents/terminal/pi-extension.ts';
import { qwenTerminal } from '../../runtime/agents/terminal/qwen.ts';
import type { TerminalCli } from '../../runtime/agents/terminal/terminal-cli.ts';
import type { CliName } from '../agents/real-clis.ts';

/** A CLI that can be recorded. */
export interface RealProgram {
  readonly name: CliName;
  readonly terminal: TerminalCli;
  /** Prepares the home and says what the environment needs. */
  prepare(home: string, apiUrl: string, mode: 'full' | 'ask'): Readonly<Record<string, string>>;
  args(mode: 'full' | 'ask', apiUrl: string): readonly string[];
  /** What it tells that is of no use here. */
  leavesOut?(told: unknown): boolean;
}

/** Id of the conversation, for those that are told one. */
export const CONVERSATION = '11111111-2222-4333-8444-555555555555';

const KEY = 'sk-ant-dummy-key-of-a-recording';

const claude: RealProgram = {
  name: 'claude',
  terminal: claudeTerminal,
  prepare(home, apiUrl) {
    const config = { hasCompletedOnboarding: true, customApiKeyResponses: { approved: [KEY.slice(-20)] } };
    writeFileSync(join(home, '.claude.json'), JSON.stringify(config));
    return {
      ANTHROPIC_BASE_URL: apiUrl,
      ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_MAX_RETRIES: '3',
      IS_SANDBOX: '1',
    };
  },
  args: mode => ['--permission-mode', mode === 'full' ? 'bypassPermissions' : 'default'],
};

const codex: RealProgram = {
  name: 'codex',
  terminal: codexTerminal,
  prepare(home) {
    mkdirSync(join(home, 'codex'));
    return { CODEX_HOME: join(home, 'codex'), FAKE_API_KEY: 'dummy' };
  },
  args: (mode, apiUrl) => [
    ...['--no-daemon', '-c', 'check_for_update_on_startup=false'],
    ...['-m', 'gpt-6-sol', '-c', 'analytics.enabled=false', '-c', 'model_provider=fake'],
    ...[
      '-c',
      `model_providers.fake={name="fake",base_url="${apiUrl}/v1",env_key="FAKE_API_KEY",wire_api="responses",request_max_retries=3}`,
    ],
    ...(mode === 'full'
      ? ['--dangerously-bypass-approvals-and-sandbox']
      : ['-a', 'on-request', '-s', 'workspace-write']),
  ],
};

const gemini: RealProgram = {
  name: 'gemini',
  terminal: geminiTerminal,
  prepare(home, apiUrl) {
    mkdirSync(join(home, '.gemini'));
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { disableAutoUpdate: true },
    };
    writeFileSync(join(home, '.gemini', 'settings.json'), JSON.stringify(settings));
    return { GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: apiUrl };
  },
  args: mode => ['-m', 'gemini-2.5-pro', ...(mode === 'full' ? ['--yolo'] : [])],
};

const qwen: RealProgram = {
  name: 'qwen',
  terminal: qwenTerminal,
  prepare: (_home, apiUrl) => ({
    OPENAI_API_KEY: 'dummy',
    OPENAI_BASE_URL: `${apiUrl}/v1`,
    OPENAI_MODEL: 'fake-model',
  }),
  args: mode => ['--auth-type', 'openai', ...(mode === 'full' ? ['--yolo'] : ['--approval-mode', 'default'])],
};

const pi: RealProgram = {
  name: 'pi',
  terminal: piTerminal,
  prepare(home, apiUrl) {
    const models = [{ id: 'm', cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } }];
    const fake = { baseUrl: `${apiUrl}/v1`, apiKey: 'dummy', api: 'openai-completions', models };
    mkdirSync(join(home, '.pi', 'agent'), { recursive: true });
    writeFileSync(join(home, '.pi', 'agent', 'models.json'), JSON.stringify({ providers: { fake } }));
    return { PI_OFFLINE: '1' };
  },
  args: mode => ['--model', 'fake/m', ...(mode === 'full' ? [] : ['--no-builtin-tools', PI_ASKS_FLAG])],
};

const opencode: RealProgram = {
  name: 'opencode',
  terminal: opencodeTerminal,
  prepare(home, apiUrl, mode) {
    const models = { m: { cost: { input: 3, output: 15 }, limit: { context: 200_000, output: 8000 } } };
    const options = { baseURL: `${apiUrl}/v1`, apiKey: 'dummy' };
    const config = {
      ...{ model: 'fake/m', small_model: 'fake/m' },
      provider: { fake: { npm: '@ai-sdk/openai-compatible', options, models } },
      ...(mode === 'full' ? {} : { permission: { bash: 'ask', edit: 'ask' } }),
    };
    mkdirSync(join(home, '.config', 'opencode'), { recursive: true });
    writeFileSync(join(home, '.config', 'opencode', 'opencode.json'), JSON.stringify(config));
    return { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' };
  },
  args: () => [],
};

const copilot: RealProgram = {
  name: 'copilot',
  terminal: copilotTerminal,
  prepare(home, apiUrl) {
    const own = join(home, 'copilot');
    mkdirSync(own);
    const trustedFolders = [join(dirname(home), 'project')];
    writeFileSync(join(own, 'config.json'), JSON.stringify({ trustedFolders }));
    return {
      COPILOT_HOME: own,
      COPILOT_PROVIDER_BASE_URL: `${apiUrl}/v1`,
      COPILOT_PROVIDER_API_KEY: 'dummy',
      COPILOT_MODEL: 'gpt-4.1',
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
    };
  },
  args: mode => [`--session-id=${CONVERSATION}`, ...(mode === 'full' ? ['--allow-all'] : [])],
  // Its maker's text, and long.
  leavesOut: told => z.object({ type: z.literal('system.message') }).safeParse(told).success,
};

/** All that are recorded. */
export const realPrograms: readonly RealProgram[] = [claude, codex, gemini, opencode, copilot, qwen, pi];
