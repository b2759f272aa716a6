import type { AgentAdapter, TurnCommand, TurnMcpServer, TurnRequest } from './adapter.ts';
import { createCodexReader } from './codex-reader.ts';

/**
 * Codex CLI. Headless turns are `codex exec --json`, the prompt on stdin. It never asks in them: its OS sandbox refuses
 * what the permission does not cover, and its output does not tell of refusals.
 */
export const codex: AgentAdapter = {
  name: 'codex',
  programs: ['codex'],
  versionArgs: ['--version'],
  testedVersion: '0.169.0',
  models: [],
  permissions: {
    'read-only': {
      args: ['--sandbox', 'read-only'],
      means: 'reads files and runs commands in codex’s own sandbox, which lets nothing be written',
    },
    ask: {
      args: ['--sandbox', 'read-only'],
      means: 'as read-only: nobody can be asked in a headless turn, so nothing can be written',
    },
    edit: {
      args: ['--sandbox', 'workspace-write'],
      means:
        'edits and runs commands in codex’s own sandbox: writes to the working directory and temporary files, no network',
    },
    full: {
      args: ['--dangerously-bypass-approvals-and-sandbox'],
      means: 'does everything without asking, outside of its sandbox',
    },
  },
  reports: 'tokens',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: true,
  conversationNames: 'its own',
  mcp: 'native',
  needs: {
    hosts: ['api.openai.com', 'chatgpt.com', '*.chatgpt.com', 'auth.openai.com'],
    stateDirectories: [{ path: '~/.codex', variable: 'CODEX_HOME' }],
  },
  headlessCommand,
  createReader: createCodexReader,
  terminalCommand,
};

function headlessCommand(request: TurnRequest): TurnCommand {
  const { conversation } = request;
  const resume = conversation?.isNew === false ? ['resume', conversation.id] : [];
  const servers = mcpSettings(request);
  const argv = [
    request.program,
    ...['exec', '--json', '--skip-git-repo-check'],
    ...sharedArgs(request),
    ...servers.args,
    ...request.args,
    ...resume,
    // Reads the prompt from stdin.
    '-',
  ];
  return { argv, env: servers.env, kind: 'pipe', stdin: 'prompt' };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  const { conversation, prompt } = request;
  const servers = mcpSettings(request);
  const argv = [
    request.program,
    ...(conversation?.isNew === false ? ['resume', conversation.id] : []),
    // Else it copies itself (400 MB) into the user's CODEX_HOME and leaves two daemons behind.
    '--no-daemon',
    ...['-c', 'check_for_update_on_startup=false'],
    ...(request.permission === 'full' ? [] : ['--ask-for-approval', 'on-request']),
    ...sharedArgs(request),
    ...servers.args,
    ...request.args,
    ...(prompt === '' ? [] : ['--', prompt]),
  ];
  return { argv, env: servers.env, kind: 'pty' };
}

function sharedArgs({ permission, model, folders = [] }: TurnRequest): readonly string[] {
  const writable = folders.filter(({ access }) => access === 'write' && permission === 'edit');
  return [
    ...codex.permissions[permission].args,
    ...(model === undefined ? [] : ['--model', model]),
    // Reading is not limited to the working directory.
    ...writable.flatMap(({ path }) => ['--add-dir', path]),
  ];
}

/**
 * MCP servers by configuration overrides. Values of variables and headers go by codex's own environment: other users of
 * the machine can read arguments.
 */
function mcpSettings({ mcpServers = {}, permission }: TurnRequest): Pick<TurnCommand, 'env'> & {
  readonly args: readonly string[];
} {
  const servers = Object.entries(mcpServers).map(([name, server]) => ({ key: keyOf(name), server }));
  const args = servers.flatMap(({ key, server }) => {
    // Without it `exec` refuses every call, as it cannot ask.
    const approval = permission === 'ask' ? [] : ['default_tools_approval_mode="approve"'];
    return ['-c', `mcp_servers.${key}={${[...placeOf(key, server), ...approval].join(',')}}`];
  });
  return { args, env: Object.assign({}, ...servers.map(({ key, server }) => variablesOf(key, server))) };
}

/** A dotted path in `-c` takes bare keys only. */
function keyOf(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_');
}

/** JSON's texts and lists of texts are TOML's too. */
function placeOf(key: string, server: TurnMcpServer): readonly string[] {
  if (!('url' in server)) {
    return [
      `command=${JSON.stringify(server.command)}`,
      `args=${JSON.stringify(server.args)}`,
      `env_vars=${JSON.stringify(Object.keys(server.env))}`,
    ];
  }
  const headers = Object.keys(server.headers).map(
    (name, index) => `${JSON.stringify(name)}=${JSON.stringify(headerVariable(key, index))}`,
  );
  return [`url=${JSON.stringify(server.url)}`, `env_http_headers={${headers.join(',')}}`];
}

function variablesOf(key: string, server: TurnMcpServer): Readonly<Record<string, string>> {
  if (!('url' in server)) return server.env;
  return Object.fromEntries(
    Object.values(server.headers).map((value, index) => [headerVariable(key, index), value]),
  );
}

function headerVariable(key: string, index: number): string {
  return `NIIA_MCP_${key.replace(/-/g, '_').toUpperCase()}_${index}`;
}
