/** Private homes for the real CLIs: dummy keys, the fake model API as their provider, nothing of the user's. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CliName } from './real-clis.ts';

const agentsFolder = fileURLToPath(new URL('../../.tools/agents', import.meta.url));

/**
 * A folder for homes and projects. Not under the system's temporary directory: codex does without its sandbox there, and
 * gemini ignores settings below a folder that others can write to.
 */
export function makePrivateFolder(): { readonly path: string } & Disposable {
  mkdirSync(agentsFolder, { recursive: true });
  const path = mkdtempSync(join(agentsFolder, '.run-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Folder of the Node that runs this: CLIs that are scripts need one as new. */
const nodeDir = dirname(process.execPath);

/**
 * What a CLI needs in its environment to talk to the fake API, its home made ready for it. `binDirs` come first on PATH.
 * One home serves several CLIs; the variables of all can be merged.
 */
export function cliEnv(
  name: CliName,
  home: string,
  apiUrl: string,
  binDirs: readonly string[],
): Readonly<Record<string, string>> {
  const temporary = join(home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const { env, files } = providers[name](home, apiUrl);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  return {
    PATH: [...binDirs, nodeDir, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: home,
    // Some leave reports of errors there.
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    ...env,
  };
}

interface Provider {
  readonly env: Readonly<Record<string, string>>;
  /** By path in the home. */
  readonly files: Readonly<Record<string, string>>;
}

const providers: Readonly<Record<CliName, (home: string, url: string) => Provider>> = {
  claude: (_home, url) => ({
    env: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'sk-ant-dummy',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_MAX_RETRIES: '1',
      // Else the model would have to search for the tools of MCP servers first.
      ENABLE_TOOL_SEARCH: 'false',
    },
    // As of a person who has started it before: else its terminal asks about theme and key.
    files: {
      '.claude.json': JSON.stringify({
        hasCompletedOnboarding: true,
        customApiKeyResponses: { approved: ['sk-ant-dummy'] },
      }),
    },
  }),
  codex: (_home, url) => ({
    env: { FAKE_API_KEY: 'dummy' },
    files: { '.codex/config.toml': codexConfig(url) },
  }),
  gemini: (_home, url) => ({
    env: { GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: url },
    files: {
      '.gemini/settings.json': JSON.stringify({
        security: { auth: { selectedType: 'gemini-api-key' } },
        privacy: { usageStatisticsEnabled: false },
        // The default asks a second model which model to take.
        model: { name: 'gemini-2.5-pro' },
      }),
    },
  }),
  opencode: (_home, url) => ({
    env: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' },
    files: { '.config/opencode/opencode.json': opencodeConfig(url) },
  }),
  copilot: (_home, url) => ({
    env: {
      COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
      COPILOT_PROVIDER_API_KEY: 'dummy',
      COPILOT_MODEL: 'gpt-4.1',
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
    },
    files: {},
  }),
  qwen: (_home, url) => ({
    env: { OPENAI_API_KEY: 'dummy', OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'fake-model' },
    files: { '.qwen/settings.json': JSON.stringify({ security: { auth: { selectedType: 'openai' } } }) },
  }),
  pi: (_home, url) => ({
    env: { PI_OFFLINE: '1', PI_TELEMETRY: '0' },
    files: {
      '.pi/agent/settings.json': JSON.stringify({ defaultProvider: 'fake', defaultModel: 'm' }),
      '.pi/agent/models.json': JSON.stringify({
        providers: {
          fake: {
            baseUrl: `${url}/v1`,
            apiKey: 'dummy',
            api: 'openai-completions',
            models: [{ id: 'm', cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } }],
          },
        },
      }),
    },
  }),
  cline: (_home, url) => ({
    env: { CLINE_NO_AUTO_UPDATE: '1', FAKE_API_URL: url },
    files: {},
  }),
};

function codexConfig(url: string): string {
  return `model = "gpt-6-sol"
model_provider = "fake"
[analytics]
enabled = false
[model_providers.fake]
name = "fake"
base_url = "${url}/v1"
env_key = "FAKE_API_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
`;
}

function opencodeConfig(url: string): string {
  const models = { m: { cost: { input: 3, output: 15 }, limit: { context: 200_000, output: 8000 } } };
  return JSON.stringify({
    model: 'fake/m',
    small_model: 'fake/m',
    provider: {
      fake: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: `${url}/v1`, apiKey: 'dummy' },
        models,
      },
    },
  });
}
