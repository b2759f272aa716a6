import type { AgentAdapter, PermissionMapping, TurnCommand, TurnRequest } from './adapter.ts';
import { fillIn } from './fill-in.ts';
import { createOutputReader } from './output-reader.ts';

const asWritten: PermissionMapping = {
  args: [],
  means: 'as the command line says: the runtime knows nothing of this CLI',
};

/**
 * Any CLI by an inline argv (spec §4 `command`): `{prompt}`, `{model}` and `{prompt_file}` are replaced inside the
 * arguments, nothing ever goes through a shell. What it prints is the answer.
 */
export const command: AgentAdapter = {
  name: 'command',
  programs: [],
  versionArgs: ['--version'],
  models: [],
  permissions: { 'read-only': asWritten, ask: asWritten, edit: asWritten, full: asWritten },
  reports: 'nothing',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: false,
  silence: 'start',
  headlessCommand: inlineCommand,
  createReader: createOutputReader,
  terminalCommand: inlineCommand,
};

function inlineCommand(request: TurnRequest): TurnCommand {
  const [name = '', ...rest] = request.command ?? [];
  const program = request.program === '' ? name : request.program;
  const { prompt, promptFile: prompt_file, model } = request;
  const argv = [
    program,
    ...[...rest, ...request.args].map(arg => fillIn(arg, { prompt, prompt_file, model })),
  ];
  return { argv, env: {}, kind: 'pty' };
}
