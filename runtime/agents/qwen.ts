import type { AgentAdapter, TurnCommand, TurnRequest } from './adapter.ts';
import { mcpServersOf } from './mcp-settings.ts';
import { createQwenReader } from './qwen-reader.ts';

/** Qwen Code. Headless turns print stream-json, the prompt on stdin. Tools that it may not use are not offered to the model. */
export const qwen: AgentAdapter = {
  name: 'qwen',
  programs: ['qwen'],
  versionArgs: ['--version'],
  testedVersion: '0.24.4',
  models: [],
  permissions: {
    'read-only': {
      args: [
        '--approval-mode',
        'default',
        '--exclude-tools',
        'write_file,edit,notebook_edit,run_shell_command',
      ],
      means: 'reads; tools that edit or run commands are taken away',
    },
    ask: {
      args: ['--approval-mode', 'default'],
      means:
        'reads; tools that edit or run commands are not offered, as nobody can be asked, unless your qwen settings allow them',
    },
    edit: {
      args: ['--approval-mode', 'auto-edit'],
      means: 'edits files; tools that run commands are not offered, unless your qwen settings allow them',
    },
    full: { args: ['--approval-mode', 'yolo'], means: 'does everything without asking' },
  },
  reports: 'tokens',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: true,
  mcp: 'native',
  needs: {
    hosts: ['*.aliyuncs.com', 'chat.qwen.ai', 'portal.qwen.ai'],
    stateDirectories: [{ path: '~/.qwen' }],
  },
  headlessCommand,
  createReader: createQwenReader,
  terminalCommand,
};

function headlessCommand(request: TurnRequest): TurnCommand {
  const { args, ...rest } = shared(request);
  const argv = [request.program, '--output-format', 'stream-json', ...args, ...request.args];
  return { argv, ...rest, kind: 'pipe', stdin: 'prompt' };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  const { args, ...rest } = shared(request);
  const prompt = request.prompt === '' ? [] : ['--prompt-interactive', request.prompt];
  const argv = [request.program, ...args, ...request.args, ...prompt];
  return { argv, ...rest, kind: 'pty' };
}

function shared(
  request: TurnRequest,
): Pick<TurnCommand, 'env' | 'files'> & { readonly args: readonly string[] } {
  const { permission, model, conversation, folders = [], filesDir, mcpServers } = request;
  const settings = `${filesDir}/qwen-settings.json`;
  const mcp = `${filesDir}/qwen-mcp.json`;
  const args = [
    ...qwen.permissions[permission].args,
    ...(model === undefined ? [] : ['--model', model]),
    ...(conversation === undefined
      ? []
      : [conversation.isNew ? '--session-id' : '--resume', conversation.id]),
    ...folders.flatMap(({ path }) => ['--add-dir', path]),
    ...(mcpServers === undefined ? [] : ['--mcp-config', mcp]),
  ];
  const files = {
    [settings]: JSON.stringify(SETTINGS),
    ...(mcpServers === undefined
      ? {}
      : {
          [mcp]: JSON.stringify({
            mcpServers: mcpServersOf(mcpServers, {
              remote: 'httpUrl',
              extra: permission === 'ask' ? {} : { trust: true },
            }),
          }),
        }),
  };
  return { args, env: { QWEN_CODE_SYSTEM_DEFAULTS_PATH: settings }, files };
}

/** In the layer below the user's own settings (the system's defaults, which few machines have). */
const SETTINGS = {
  // By itself qwen tries for more than 15 minutes, as its layers of retries multiply; with none in the inner one it gives up
  // after little more than one. The runtime has its own failover (spec §4).
  model: { generationConfig: { maxRetries: 0, retryInitialDelayMs: 1000 } },
  general: { enableAutoUpdate: false },
};
