import type { AgentAdapter, TurnCommand, TurnRequest } from './adapter.ts';
import { createPiReader } from './pi-reader.ts';
import { PI_ASKS_FLAG, PI_READ_TOOLS } from './terminal/pi-extension.ts';

const READ_TOOLS = PI_READ_TOOLS.join(',');

/**
 * pi. Headless turns are `pi --mode json`, the prompt on stdin. It has no permissions: tools are taken away instead, and in
 * its own terminal our extension asks.
 */
export const pi: AgentAdapter = {
  name: 'pi',
  programs: ['pi'],
  versionArgs: ['--version'],
  testedVersion: '0.87.1',
  models: [],
  permissions: {
    'read-only': {
      args: ['--tools', READ_TOOLS],
      means: 'reads, anywhere on the machine; has no other tools',
    },
    ask: {
      args: ['--tools', READ_TOOLS],
      means: 'as read-only: nobody can be asked in a headless turn',
    },
    edit: {
      args: ['--tools', `${READ_TOOLS},edit,write`],
      means: 'reads and edits files, anywhere on the machine; has no tool to run commands',
    },
    full: { args: [], means: 'does everything without asking' },
  },
  reports: 'cost',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: true,
  conversationNames: 'its own',
  needs: { hosts: [], stateDirectories: [{ path: '~/.pi', variable: 'PI_CODING_AGENT_DIR' }] },
  headlessCommand,
  createReader: createPiReader,
  terminalCommand,
};

function headlessCommand(request: TurnRequest): TurnCommand {
  const tools = pi.permissions[request.permission].args;
  const argv = [request.program, '--mode', 'json', ...tools, ...sharedArgs(request), ...request.args];
  return { argv, env: {}, kind: 'pipe', stdin: 'prompt' };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  const prompt = request.prompt === '' ? [] : [request.prompt];
  const tools = request.permission === 'ask' ? ASKING : pi.permissions[request.permission].args;
  const argv = [request.program, ...tools, ...sharedArgs(request), ...request.args, ...prompt];
  return { argv, env: {}, kind: 'pty' };
}

/** The extension gives back the tools that it guards: without it there are none. */
const ASKING = ['--no-builtin-tools', PI_ASKS_FLAG] as const;

function sharedArgs({ model, conversation }: TurnRequest): readonly string[] {
  return [
    ...(model === undefined ? [] : ['--model', model]),
    ...(conversation?.isNew === false ? ['--session', conversation.id] : []),
  ];
}
