import type { AgentAdapter, TurnCommand, TurnRequest } from './adapter.ts';
import { createCopilotReader } from './copilot-reader.ts';
import { mcpServersOf } from './mcp-settings.ts';

/** GitHub Copilot CLI. Headless turns print JSON events, the prompt on stdin; what they used goes to a file of ours. */
export const copilot: AgentAdapter = {
  name: 'copilot',
  programs: ['copilot'],
  versionArgs: ['--version'],
  testedVersion: '1.0.102',
  models: [],
  permissions: {
    'read-only': {
      args: ['--deny-tool=write', '--deny-tool=shell'],
      means: 'reads; edits and commands are refused',
    },
    ask: { args: [], means: 'reads; what it would ask for is refused in a headless turn' },
    edit: {
      args: ['--allow-tool=write'],
      means: 'edits files in the working directory; commands are refused',
    },
    full: { args: ['--allow-all'], means: 'does everything without asking' },
  },
  reports: 'tokens',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: true,
  mcp: 'native',
  needs: {
    hosts: ['api.github.com', 'github.com', '*.githubcopilot.com'],
    stateDirectories: [
      { path: '~/.copilot', variable: 'COPILOT_HOME' },
      { path: '~/.cache/copilot', variable: 'XDG_CACHE_HOME' },
    ],
  },
  headlessCommand,
  createReader: createCopilotReader,
  terminalCommand,
};

function headlessCommand(request: TurnRequest): TurnCommand {
  const reportFile = `${request.filesDir}/copilot-usage.json`;
  const { args, ...rest } = shared(request);
  const argv = [
    request.program,
    ...['--output-format', 'json', '--usage-output-file', reportFile],
    ...args,
    ...request.args,
  ];
  return { argv, ...rest, kind: 'pipe', stdin: 'prompt', reportFile };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  const { args, env, ...rest } = shared(request);
  const prompt = request.prompt === '' ? [] : ['--interactive', request.prompt];
  const argv = [request.program, ...args, ...request.args, ...prompt];
  // Answers the question whether the folder is trusted; it allows everything, so it is not for the other levels.
  const trust = request.permission === 'full' ? { COPILOT_ALLOW_ALL: 'true' } : {};
  return { argv, env: { ...env, ...trust }, ...rest, kind: 'pty' };
}

function shared(
  request: TurnRequest,
): Pick<TurnCommand, 'env' | 'files'> & { readonly args: readonly string[] } {
  const { permission, model, conversation, folders = [] } = request;
  const servers = mcpSettings(request);
  const args = [
    ...copilot.permissions[permission].args,
    ...(model === undefined ? [] : ['--model', model]),
    ...(conversation === undefined
      ? []
      : [conversation.isNew ? `--session-id=${conversation.id}` : `--resume=${conversation.id}`]),
    ...folders.flatMap(({ path }) => ['--add-dir', path]),
    ...servers.args,
  ];
  // Many workers at once must not each replace the program they run from.
  return { args, env: { COPILOT_AUTO_UPDATE: 'false' }, ...(servers.files && { files: servers.files }) };
}

function mcpSettings({ mcpServers, filesDir, permission }: TurnRequest): Pick<TurnCommand, 'files'> & {
  readonly args: readonly string[];
} {
  if (mcpServers === undefined) return { args: [] };
  const file = `${filesDir}/copilot-mcp.json`;
  const allowed = permission === 'ask' ? [] : Object.keys(mcpServers).map(name => `--allow-tool=${name}`);
  // Without `tools` it offers none of a server's.
  const text = JSON.stringify({
    mcpServers: mcpServersOf(mcpServers, { remote: 'type', extra: { tools: ['*'] } }),
  });
  return { args: ['--additional-mcp-config', `@${file}`, ...allowed], files: { [file]: text } };
}
