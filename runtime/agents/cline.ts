import type { AgentAdapter, TurnCommand, TurnRequest } from './adapter.ts';
import { createClineReader } from './cline-reader.ts';
import { promptArgument } from './prompt-argument.ts';

/**
 * Cline. Headless turns are `cline --json PROMPT`: it takes a prompt from its input only through a pipe, so long ones go by
 * file. It keeps a hub process of its own, which the end of the worker's session ends, too.
 */
export const cline: AgentAdapter = {
  name: 'cline',
  programs: ['cline'],
  versionArgs: ['--version'],
  testedVersion: '3.0.65',
  models: [],
  permissions: {
    'read-only': {
      args: ['--plan'],
      means: 'reads; its plan mode refuses edits and commands that change something',
    },
    ask: {
      args: ['--auto-approve', 'false'],
      means: 'every tool that cline would ask for is refused in a headless turn',
    },
    edit: {
      args: ['--auto-approve', 'true'],
      means: 'does everything without asking: cline cannot allow edits alone',
    },
    full: { args: ['--auto-approve', 'true'], means: 'does everything without asking' },
  },
  reports: 'tokens',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: false,
  needs: { hosts: ['api.cline.bot', 'app.cline.bot'], stateDirectories: [{ path: '~/.cline' }] },
  headlessCommand,
  createReader: createClineReader,
  terminalCommand,
};

function headlessCommand(request: TurnRequest): TurnCommand {
  const argv = [request.program, '--json', ...sharedArgs(request), ...request.args, promptArgument(request)];
  return { argv, env: ENVIRONMENT, kind: 'pipe' };
}

function terminalCommand(request: TurnRequest): TurnCommand {
  const prompt = request.prompt === '' ? [] : [promptArgument(request)];
  const argv = [request.program, '--tui', ...sharedArgs(request), ...request.args, ...prompt];
  // Its advertisement would take the first key.
  return { argv, env: { ...ENVIRONMENT, CLINE_DISABLE_CLINE_PASS_NOTICE: '1' }, kind: 'pty' };
}

const ENVIRONMENT = { CLINE_NO_AUTO_UPDATE: '1' } as const;

function sharedArgs({ permission, model }: TurnRequest): readonly string[] {
  return [...cline.permissions[permission].args, ...(model === undefined ? [] : ['--model', model])];
}
