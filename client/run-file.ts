/** Runs a connector file in a terminal: the packaged command line, started by its arguments and never through a shell. */
import { readRunTarget } from './arguments.ts';

/** The commands that run something. */
export const runCommands = ['niia.run', 'niia.plan', 'niia.runPhase', 'niia.runFrom'] as const;

/** One of the commands that run something. */
export type RunCommand = (typeof runCommands)[number];

/** A terminal to open. */
export interface TerminalTask {
  /** What the terminal is called. */
  readonly name: string;
  /** The connector file's URI. */
  readonly uri: string;
  /** Arguments for the command line, without Node and the program. */
  readonly argv: readonly string[];
}

/** What running a file needs of the editor. */
export interface RunHost {
  isTrusted(): boolean;
  /** URI of the file in the active editor. */
  activeFile(): string | undefined;
  /** Path of the file on the machine the extension runs on; undefined if it is not there. */
  pathOf(uri: string): string | undefined;
  /** Writes unsaved changes to the file; false if they could not be written. */
  save(uri: string): Promise<boolean>;
  openTerminal(task: TerminalTask): Promise<void>;
  /** Tells the user why nothing runs. */
  refuse(reason: string): void;
}

/** Carries out one of the commands, on the file its argument names, else on the one in the active editor. */
export async function runFile(command: RunCommand, argument: unknown, host: RunHost): Promise<void> {
  if (!host.isTrusted()) {
    host.refuse('Connector files start programs. Trust this workspace to run them.');
    return;
  }
  const target = readRunTarget(argument);
  const uri = target?.uri ?? host.activeFile();
  if (uri === undefined) {
    host.refuse('Open a connector file to run it.');
    return;
  }
  const path = host.pathOf(uri);
  if (path === undefined) {
    host.refuse('Only a file on disk can be run. Save this one first.');
    return;
  }
  const argv = argumentsOf(command, path, target?.phase);
  if (argv.some(hasVariable)) {
    host.refuse(`VS Code would replace the "\${…}" in ${JSON.stringify(argv)}. Run it in a terminal.`);
    return;
  }
  if (await host.save(uri))
    await host.openTerminal({ name: nameOf(argv[0], path, target?.phase), uri, argv });
}

function argumentsOf(command: RunCommand, path: string, phase: string | undefined): readonly string[] {
  const verb = command === 'niia.plan' ? 'plan' : 'run';
  const option = { 'niia.runPhase': '--phase', 'niia.runFrom': '--from', 'niia.run': '', 'niia.plan': '' }[
    command
  ];
  // In one word: a phase may be called "-x".
  return option === '' || phase === undefined ? [verb, path] : [verb, path, `${option}=${phase}`];
}

/** VS Code replaces variables in the arguments of tasks; `${command:…}` would run a command. They cannot be escaped. */
function hasVariable(argument: string): boolean {
  return argument.includes('${');
}

function nameOf(verb: string | undefined, path: string, phase: string | undefined): string {
  const file = path.split(/[\\/]/).pop() ?? path;
  return [verb, file, ...(phase === undefined ? [] : [phase])].join(' ');
}
