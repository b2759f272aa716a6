import type { Permission } from '../spec/workflow.ts';
import type { AgentAdapter, TurnCommand, TurnMcpServer, TurnRequest } from './adapter.ts';
import { createOpencodeReader } from './opencode-reader.ts';

/**
 * opencode. Headless turns are `opencode run --format json`, the prompt on stdin (as an argument it would be quoted). Its
 * permissions and MCP servers go by variables that it lays over the user's configuration.
 */
export const opencode: AgentAdapter = {
  name: 'opencode',
  programs: ['opencode'],
  versionArgs: ['--version'],
  testedVersion: '1.18.33',
  models: [],
  permissions: {
    'read-only': { args: [], means: 'reads; edits and commands are refused' },
    ask: {
      args: [],
      means: 'reads; edits and commands would be asked for, so they are refused in a headless turn',
    },
    edit: { args: [], means: 'edits files in the working directory; commands are refused' },
    full: { args: ['--auto'], means: 'does everything without asking' },
  },
  reports: 'cost',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: true,
  conversationNames: 'its own',
  mcp: 'native',
  needs: {
    hosts: ['opencode.ai', '*.opencode.ai', 'models.dev'],
    stateDirectories: [
      { path: '~/.local/share/opencode', variable: 'XDG_DATA_HOME' },
      { path: '~/.local/state/opencode', variable: 'XDG_STATE_HOME' },
      { path: '~/.cache/opencode', variable: 'XDG_CACHE_HOME' },
      { path: '~/.config/opencode', variable: 'XDG_CONFIG_HOME' },
    ],
  },
  headlessCommand,
  createReader: createOpencodeReader,
  terminalCommand,
};

function headlessCommand(request: TurnRequest): TurnCommand {
  const argv = [
    request.program,
    // Only its log tells that it tries again.
    ...['run', '--format', 'json', '--print-logs', '--log-level', 'ERROR'],
    ...opencode.permissions[request.permission].args,
    ...sharedArgs(request),
    ...request.args,
  ];
  return { argv, env: environment(request, REFUSALS, 'deny'), kind: 'pipe', stdin: 'prompt' };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  const prompt = request.prompt === '' ? [] : ['--prompt', request.prompt];
  const argv = [request.program, ...sharedArgs(request), ...request.args, ...prompt];
  return { argv, env: environment(request, QUESTIONS, 'ask'), kind: 'pty' };
}

function sharedArgs({ model, conversation }: TurnRequest): readonly string[] {
  return [
    ...(model === undefined ? [] : ['--model', model]),
    // It names new sessions itself.
    ...(conversation?.isNew === false ? ['--session', conversation.id] : []),
  ];
}

type Rules = Readonly<Record<string, string | Readonly<Record<string, string>>>>;
type RulesByPermission = Readonly<Record<Permission, Rules>>;

/** Headless: what is not allowed is refused, with words to the model instead of an end of the turn. */
const REFUSALS: RulesByPermission = {
  'read-only': { edit: 'deny', bash: 'deny', webfetch: 'allow' },
  ask: { edit: 'deny', bash: 'deny', webfetch: 'deny' },
  edit: { edit: 'allow', bash: 'deny', webfetch: 'allow' },
  full: {},
};

/** In a live terminal a person is asked. */
const QUESTIONS: RulesByPermission = {
  'read-only': REFUSALS['read-only'],
  ask: { edit: 'ask', bash: 'ask', webfetch: 'ask' },
  edit: { edit: 'allow', bash: 'ask', webfetch: 'allow' },
  full: {
    ...{ edit: 'allow', bash: 'allow', webfetch: 'allow', external_directory: 'allow' },
    // Else it asks when the model calls the same tool for the third time.
    doom_loop: 'allow',
  },
};

/** `unasked`: what becomes of a call that a person would have to allow. */
function environment(
  request: TurnRequest,
  rules: RulesByPermission,
  unasked: 'ask' | 'deny',
): Readonly<Record<string, string>> {
  const { permission, folders = [], mcpServers } = request;
  const outside = Object.fromEntries(folders.map(({ path }) => [`${path}/*`, 'allow']));
  const own: Rules = {
    ...rules[permission],
    ...(permission === 'full' || folders.length === 0 ? {} : { external_directory: outside }),
    ...(permission === 'ask' ? serverRules(mcpServers ?? {}, unasked) : {}),
  };
  return {
    // Many workers at once must not each replace the program they run from.
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    ...(Object.keys(own).length === 0 ? {} : { OPENCODE_PERMISSION: JSON.stringify(own) }),
    ...(mcpServers === undefined
      ? {}
      : { OPENCODE_CONFIG_CONTENT: JSON.stringify({ mcp: serversOf(mcpServers) }) }),
  };
}

/** Tools of a server are named after it. */
function serverRules(servers: Readonly<Record<string, TurnMcpServer>>, rule: 'ask' | 'deny'): Rules {
  const names = Object.keys(servers).map(name => name.replace(/[^\w-]/g, '_'));
  return Object.fromEntries(names.map(name => [`${name}_*`, rule]));
}

function serversOf(servers: Readonly<Record<string, TurnMcpServer>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(servers).map(([name, server]) => [
      name,
      'url' in server
        ? { type: 'remote', url: server.url, headers: server.headers }
        : { type: 'local', command: [server.command, ...server.args], environment: server.env },
    ]),
  );
}
