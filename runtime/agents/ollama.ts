import type { AgentAdapter, PermissionMapping, TurnCommand, TurnRequest } from './adapter.ts';
import { createOllamaReader } from './ollama-reader.ts';

const toolless: PermissionMapping = {
  args: [],
  means: 'only answers: it has no tools and sees no files but what the prompt holds',
};

/** ollama: `ollama run MODEL`, the prompt on stdin. Written from its documentation and not tested with the program. */
export const ollama: AgentAdapter = {
  name: 'ollama',
  programs: ['ollama'],
  versionArgs: ['--version'],
  models: [],
  permissions: { 'read-only': toolless, ask: toolless, edit: toolless, full: toolless },
  reports: 'tokens',
  hasPreamble: true,
  isShellPrompt: false,
  canResume: false,
  needsModel: true,
  // A large model is loaded before the first word.
  silence: 'start',
  needs: {
    hosts: ['registry.ollama.ai'],
    stateDirectories: [{ path: '~/.ollama', variable: 'OLLAMA_MODELS' }],
  },
  headlessCommand,
  createReader: createOllamaReader,
  terminalCommand,
};

function headlessCommand(request: TurnRequest): TurnCommand {
  return {
    argv: [request.program, 'run', '--nowordwrap', '--verbose', ...modelArgs(request)],
    env: {},
    kind: 'pipe',
    stdin: 'prompt',
  };
}

/** A first prompt as an argument would be answered and end the session. */
function terminalCommand(request: TurnRequest): TurnCommand {
  return { argv: [request.program, 'run', ...modelArgs(request)], env: {}, kind: 'pty' };
}

function modelArgs({ model, args }: TurnRequest): readonly string[] {
  return [...args, ...(model === undefined ? [] : [model])];
}
