import type { AgentAdapter, TurnCommand, TurnRequest } from './adapter.ts';
import { createPiReader } from './pi-reader.ts';

const READ_TOOLS = 'read,grep,find,ls';

/** pi. Headless turns are `pi --mode json`, the prompt on stdin. It has no permissions: tools are taken away instead. */
export const pi: AgentAdapter = {
  name: 'pi',
  programs: ['pi'],
  versionArgs: ['--version'],
  testedVersion: '0.73.1',
  models: [],
  permissions: {
    'read-only': {
      args: ['--tools', READ_TOOLS],
      means: 'reads, anywhere on the machine; has no other tools',
    },
    ask: {
      args: ['--tools', READ_TOOLS],
      means: 'as read-only: pi cannot ask',
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
  const argv = [request.program, '--mode', 'json', ...sharedArgs(request), ...request.args];
  return { argv, env: {}, kind: 'pipe', stdin: 'prompt' };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  const prompt = request.prompt === '' ? [] : [request.prompt];
  return {
    argv: [request.program, ...sharedArgs(request), ...request.args, ...prompt],
    env: {},
    kind: 'pty',
  };
}

function sharedArgs({ permission, model, conversation }: TurnRequest): readonly string[] {
  return [
    ...pi.permissions[permission].args,
    ...(model === undefined ? [] : ['--model', model]),
    ...(conversation?.isNew === false ? ['--session', conversation.id] : []),
  ];
}
