import type { AgentAdapter, TurnCommand, TurnRequest } from './adapter.ts';
import { createGeminiReader } from './gemini-reader.ts';
import { mcpServersOf } from './mcp-settings.ts';

/** Gemini CLI. Headless turns print stream-json, the prompt on stdin. Tools that it may not use are not offered to the model. */
export const gemini: AgentAdapter = {
  name: 'gemini',
  programs: ['gemini'],
  versionArgs: ['--version'],
  testedVersion: '0.61.0',
  models: [],
  permissions: {
    'read-only': {
      args: ['--approval-mode', 'default'],
      means: 'reads; tools that edit or run commands are not offered, unless your gemini settings allow them',
    },
    ask: {
      args: ['--approval-mode', 'default'],
      means: 'as read-only: nobody can be asked in a headless turn',
    },
    edit: {
      args: ['--approval-mode', 'auto_edit'],
      means: 'edits files; tools that run commands are not offered, unless your gemini settings allow them',
    },
    full: { args: ['--approval-mode', 'yolo'], means: 'does everything without asking' },
  },
  reports: 'tokens',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: true,
  mcp: 'native',
  needs: {
    hosts: ['*.googleapis.com', 'accounts.google.com', 'oauth2.googleapis.com'],
    stateDirectories: [{ path: '~/.gemini', variable: 'GEMINI_CLI_HOME' }],
  },
  headlessCommand,
  createReader: createGeminiReader,
  terminalCommand,
};

function headlessCommand(request: TurnRequest): TurnCommand {
  const argv = [request.program, '--output-format', 'stream-json', ...sharedArgs(request), ...request.args];
  return { argv, ...settings(request), kind: 'pipe', stdin: 'prompt' };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  const prompt = request.prompt === '' ? [] : ['--prompt-interactive', request.prompt];
  const argv = [request.program, ...sharedArgs(request), ...request.args, ...prompt];
  return { argv, ...settings(request), kind: 'pty' };
}

function sharedArgs({ permission, model, conversation, folders = [] }: TurnRequest): readonly string[] {
  return [
    // The question whether the folder is trusted, answered for this process only.
    '--skip-trust',
    ...gemini.permissions[permission].args,
    ...(model === undefined ? [] : ['--model', model]),
    ...(conversation === undefined
      ? []
      : [conversation.isNew ? '--session-id' : '--resume', conversation.id]),
    ...folders.flatMap(({ path }) => ['--include-directories', path]),
  ];
}

/**
 * Settings of ours in the layer below the user's own (the system's defaults, which few machines have). Gemini passes over
 * such a file if others can write to a folder above it.
 */
function settings({ mcpServers, permission, filesDir }: TurnRequest): Pick<TurnCommand, 'env' | 'files'> {
  const file = `${filesDir}/gemini-settings.json`;
  const text = JSON.stringify({
    // By itself gemini tries ten times, for four minutes; the runtime has its own failover (spec §4).
    general: { maxAttempts: 3, disableAutoUpdate: true, enableAutoUpdate: false },
    ...(mcpServers === undefined
      ? {}
      : {
          mcpServers: mcpServersOf(mcpServers, {
            remote: 'httpUrl',
            extra: permission === 'ask' ? {} : { trust: true },
          }),
        }),
  });
  return { env: { GEMINI_CLI_SYSTEM_DEFAULTS_PATH: file }, files: { [file]: text } };
}
