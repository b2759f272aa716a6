import type { AgentAdapter, TurnCommand, TurnRequest } from './adapter.ts';
import { createAiderReader } from './aider-reader.ts';

/** aider, written from its documentation and not tested with the program. One message per process. */
export const aider: AgentAdapter = {
  name: 'aider',
  programs: ['aider'],
  versionArgs: ['--version'],
  models: [],
  permissions: {
    'read-only': { args: ['--chat-mode', 'ask'], means: 'answers questions about the files; edits nothing' },
    ask: { args: ['--chat-mode', 'ask'], means: 'as read-only: nobody can be asked in a headless turn' },
    edit: {
      args: ['--yes-always', '--no-suggest-shell-commands'],
      means: 'edits files in the repository; suggests no commands',
    },
    full: { args: ['--yes-always'], means: 'edits files, and runs the commands it suggests, without asking' },
  },
  reports: 'cost',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: false,
  silence: 'start',
  needs: { hosts: [], stateDirectories: [{ path: '~/.aider' }] },
  headlessCommand,
  createReader: createAiderReader,
  terminalCommand,
};

/** The runtime commits a worker's changes itself, and the repository must stay free of the history files. */
const QUIET = [
  '--no-auto-commits',
  '--no-gitignore',
  '--no-check-update',
  '--no-show-release-notes',
  '--analytics-disable',
];

function headlessCommand(request: TurnRequest): TurnCommand {
  const message = ['--no-pretty', '--no-stream', '--message-file', request.promptFile];
  return { argv: [request.program, ...message, ...sharedArgs(request)], env: history(request), kind: 'pipe' };
}

/** Its TUI takes no first prompt: that would end it. */
function terminalCommand(request: TurnRequest): TurnCommand {
  return { argv: [request.program, ...sharedArgs(request)], env: history(request), kind: 'pty' };
}

function sharedArgs({ permission, model, args }: TurnRequest): readonly string[] {
  return [
    ...QUIET,
    ...aider.permissions[permission].args,
    ...(model === undefined ? [] : ['--model', model]),
    ...args,
  ];
}

function history({ filesDir }: TurnRequest): Readonly<Record<string, string>> {
  return {
    AIDER_CHAT_HISTORY_FILE: `${filesDir}/aider.chat.history.md`,
    AIDER_INPUT_HISTORY_FILE: `${filesDir}/aider.input.history`,
  };
}
