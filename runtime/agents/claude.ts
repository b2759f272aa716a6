import type { AgentAdapter, TurnCommand, TurnRequest } from './adapter.ts';
import { createClaudeReader } from './claude-reader.ts';
import { mcpServersOf } from './mcp-settings.ts';

/**
 * Claude Code (tested with 2.1.330). Headless turns are `claude -p` with stream-json output, the prompt on stdin so that
 * its size is not bounded by the argument limit of the system.
 */
export const claude: AgentAdapter = {
  name: 'claude',
  programs: ['claude'],
  versionArgs: ['--version'],
  models: ['opus', 'sonnet', 'haiku'],
  permissions: {
    'read-only': {
      // Named tools are removed even where the user's own settings allow them.
      args: ['--permission-mode', 'default', '--disallowedTools', 'Edit,Write,NotebookEdit'],
      means:
        'reads the working directory; edit tools are removed; shell commands are refused unless claude itself knows them to be read-only or your claude settings allow them',
    },
    ask: {
      args: ['--permission-mode', 'default'],
      means:
        'reads; edits and commands that would be asked for are refused, as nobody can answer in a headless turn, unless your claude settings allow them',
    },
    edit: {
      args: ['--permission-mode', 'acceptEdits'],
      means:
        'edits files in the working directory; other commands are refused unless read-only or allowed by your claude settings',
    },
    full: {
      // As root claude refuses this unless IS_SANDBOX=1. That is its user's word to give, not ours.
      args: ['--permission-mode', 'bypassPermissions'],
      means:
        'does everything without asking (claude refuses to run like this as root, unless IS_SANDBOX=1 is in the session environment)',
    },
  },
  reports: 'cost',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: true,
  mcp: 'native',
  testedVersion: '2.1.330',
  needs: {
    hosts: ['api.anthropic.com', 'claude.ai', '*.claude.ai', 'platform.claude.com', 'console.anthropic.com'],
    stateDirectories: [
      { path: '~/.claude', variable: 'CLAUDE_CONFIG_DIR' },
      { path: '~/.claude.json', variable: 'CLAUDE_CONFIG_DIR' },
    ],
  },
  headlessCommand,
  createReader: createClaudeReader,
  terminalCommand,
};

const environment: Readonly<Record<string, string>> = {
  // By itself claude tries ten times, for three minutes; the runtime has its own failover (spec §4).
  CLAUDE_CODE_MAX_RETRIES: '2',
  // Many workers at once must not each replace the program they run from.
  DISABLE_AUTOUPDATER: '1',
};

function headlessCommand(request: TurnRequest): TurnCommand {
  const argv = [
    request.program,
    '-p',
    ...['--output-format', 'stream-json', '--verbose'],
    ...budgetArgs(request),
    ...sharedArgs(request),
    ...request.args,
  ];
  return { argv, env: environment, kind: 'pipe', stdin: 'prompt', ...filesOf(request) };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  // `--` because options before it may take any number of values.
  const prompt = request.prompt === '' ? [] : ['--', request.prompt];
  const argv = [request.program, ...sharedArgs(request), ...request.args, ...prompt];
  return { argv, env: { DISABLE_AUTOUPDATER: '1' }, kind: 'pty', ...filesOf(request) };
}

/** Print mode only. Claude looks at it after each message, so it may be passed by one. */
function budgetArgs({ budgetUsd }: TurnRequest): readonly string[] {
  return budgetUsd === undefined ? [] : ['--max-budget-usd', budgetUsd.toFixed(4)];
}

function sharedArgs(request: TurnRequest): readonly string[] {
  const { model, conversation, permission } = request;
  return [
    ...claude.permissions[permission].args,
    ...(model === undefined ? [] : ['--model', model]),
    ...(conversation === undefined
      ? []
      : [conversation.isNew ? '--session-id' : '--resume', conversation.id]),
    ...folderArgs(request),
    ...mcpArgs(request),
  ];
}

/** A file, not an argument: other users of the machine can read arguments. */
function mcpFile({ filesDir }: TurnRequest): string {
  return `${filesDir}/claude-mcp.json`;
}

function mcpArgs(request: TurnRequest): readonly string[] {
  const { mcpServers, permission } = request;
  if (mcpServers === undefined) return [];
  const allowed = permission === 'ask' ? [] : Object.keys(mcpServers).map(name => `mcp__${name}`);
  return [...['--mcp-config', mcpFile(request)], ...allowed.flatMap(tools => ['--allowedTools', tools])];
}

function filesOf(request: TurnRequest): Pick<TurnCommand, 'files'> {
  const { mcpServers } = request;
  if (mcpServers === undefined) return {};
  return {
    files: {
      [mcpFile(request)]: JSON.stringify({ mcpServers: mcpServersOf(mcpServers, { remote: 'type' }) }),
    },
  };
}

/** Folders outside of the working directory are refused, for reading too, unless named. */
function folderArgs({ folders = [], permission }: TurnRequest): readonly string[] {
  const isWritable = permission === 'edit' || permission === 'full';
  const writable = folders.filter(folder => folder.access === 'write' && isWritable);
  const readable = folders.filter(folder => !writable.includes(folder));
  return [
    ...writable.flatMap(folder => ['--add-dir', folder.path]),
    // A leading `//` is claude's way to write an absolute path in a rule.
    ...readable.flatMap(folder => ['--allowedTools', `Read(/${slashed(folder.path)}/**)`]),
  ];
}

function slashed(path: string): string {
  const forward = path.replaceAll('\\', '/');
  return forward.startsWith('/') ? forward : `/${forward}`;
}
