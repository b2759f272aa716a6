import type { AgentAdapter, PermissionMapping, TurnCommand, TurnRequest } from './adapter.ts';
import { createOutputReader } from './output-reader.ts';

const unrestricted: PermissionMapping = {
  args: [],
  means: 'runs the script with all rights of the user; nothing is asked or refused',
};

/**
 * The embedded default that needs no AI (spec §4 `shell`): the prompt is a script for `sh -e`, on Windows for
 * PowerShell; its output is the answer. The script goes by file, so its size has no limit but the disk's. The preamble
 * of other CLIs is in the file named by `$NIIA_CONTEXT`.
 */
export const shell: AgentAdapter = {
  name: 'shell',
  programs: [],
  versionArgs: [],
  models: [],
  permissions: {
    'read-only': { args: [], means: 'a script cannot be kept from writing without a sandbox: needs "edit"' },
    ask: { args: [], means: 'a script cannot ask before it writes: needs "edit"' },
    edit: unrestricted,
    full: unrestricted,
  },
  reports: 'nothing',
  hasPreamble: false,
  isShellPrompt: true,
  canResume: false,
  silence: 'always',
  headlessCommand: scriptCommand,
  createReader: createOutputReader,
  terminalCommand,
};

/** File name ending that a shell prompt's file needs on this platform: PowerShell runs nothing else than `.ps1`. */
export function scriptExtension(platform: NodeJS.Platform): string {
  return platform === 'win32' ? '.ps1' : '.sh';
}

function scriptCommand(request: TurnRequest): TurnCommand {
  return { argv: scriptArgv(request), env: {}, kind: 'pty' };
}

function scriptArgv({ program, promptFile, platform, args }: TurnRequest): readonly string[] {
  if (platform !== 'win32') return [program === '' ? 'sh' : program, '-e', promptFile, ...args];
  // What `sh -e` is to sh: stop at the first error. `-File` could not say that, nor would it pass on the exit code of
  // the last program.
  const quoted = promptFile.replaceAll("'", "''");
  const start = `$ErrorActionPreference='Stop'; & '${quoted}'; exit $LASTEXITCODE`;
  return [
    program === '' ? 'powershell.exe' : program,
    '-NoLogo',
    '-NoProfile',
    '-ExecutionPolicy',
    'Bypass',
    '-Command',
    start,
  ];
}

/** A live shell; with a prompt, the script runs in it first and the shell stays. */
function terminalCommand(request: TurnRequest): TurnCommand {
  const isWindows = request.platform === 'win32';
  const program = request.program === '' ? (isWindows ? 'powershell.exe' : 'sh') : request.program;
  const interactive = isWindows ? [program, '-NoLogo', '-NoExit'] : [program, '-i'];
  if (request.prompt === '') return { argv: interactive, env: {}, kind: 'pty' };
  if (isWindows) {
    const argv = [...interactive, '-Command', `& '${request.promptFile.replaceAll("'", "''")}'`];
    return { argv, env: {}, kind: 'pty' };
  }
  // The script runs in a shell of its own: `-e` would end the live one at the first error.
  const argv = [program, '-c', '"$0" -e "$1"; exec "$0" -i', program, request.promptFile];
  return { argv, env: {}, kind: 'pty' };
}
