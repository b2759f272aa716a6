/**
 * The packaged command line as the extension calls it: starts runs and daemons, makes plans and reports. Arguments go as
 * they are, never through a shell, and nothing is started without trust.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { t } from '@vscode/l10n';
import { err, ok, type Result } from '../runtime/result.ts';

/** What one call printed, and how it ended (exit codes: design §6). */
export interface CliOutput {
  /** Exit code; 1 if a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How one call runs. */
export interface CliCall {
  /** Folder it starts in: the repository of a run is that of this folder. */
  readonly cwd: string;
  /** Ends the process when aborted. */
  readonly signal?: AbortSignal;
}

/** Node and its arguments before those of the command line: for parts that start it in a terminal or as a server. */
export interface CliProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The command line. */
export interface Cli {
  /** Runs it to its end. The failure says why it could not be started, for people. */
  run(argv: readonly string[], call: CliCall): Promise<Result<CliOutput, string>>;
  /** How to start it. */
  program(): CliProgram;
}

/** What the command line needs of the window. */
export interface CliOptions {
  /** Absolute path of `dist/niia.js`. */
  readonly script: string;
  /** The setting `niia.node`; empty = `node` on the `PATH`, else the editor's own. */
  node(): string;
  isTrusted(): boolean;
  /** The editor's environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** Variables by which the editor talks to its own processes; a worker's programs must not take them for theirs. */
const EDITOR_VARIABLES = /^(VSCODE_|ELECTRON_|APPLICATION_INSIGHTS_|CHROME_DESKTOP$)/;

/** The command line of this extension. */
export function createCli(options: CliOptions): Cli {
  const program = (): CliProgram => {
    const env = Object.fromEntries(
      Object.entries(options.env).filter(([name]) => !EDITOR_VARIABLES.test(name)),
    );
    const command = options.node() || nodeOnPath(options.env);
    if (command !== undefined) return { command, args: [options.script], env };
    // The editor's own program is Node when told so.
    return { command: process.execPath, args: [options.script], env: { ...env, ELECTRON_RUN_AS_NODE: '1' } };
  };
  return {
    program,
    async run(argv, call) {
      if (!options.isTrusted())
        return err(t('Connector files start programs. Trust this workspace to run them.'));
      const { command, args, env } = program();
      return await runToEnd({ command, args: [...args, ...argv], env }, call);
    },
  };
}

/** Absolute path of `node` on the `PATH`. */
function nodeOnPath(env: NodeJS.ProcessEnv): string | undefined {
  const isWindows = process.platform === 'win32';
  const path = Object.entries(env).find(([name]) => (isWindows ? name.toUpperCase() : name) === 'PATH')?.[1];
  return (path ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map(folder => join(folder, isWindows ? 'node.exe' : 'node'))
    .find(file => existsSync(file));
}

function runToEnd(
  { command, args, env }: CliProgram,
  { cwd, signal }: CliCall,
): Promise<Result<CliOutput, string>> {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(signal && { signal }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', error => resolve(err(whyNotStarted(command, cwd, error))));
    child.once('close', code => resolve(ok({ code: code ?? 1, stdout, stderr })));
  });
}

function whyNotStarted(command: string, cwd: string, error: Error): string {
  if (!existsSync(cwd)) return t('The folder "{0}" does not exist.', cwd);
  return t('"{0}" could not be started: {1}. Check the setting "niia.node".', command, error.message);
}
