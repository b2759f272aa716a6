/** The contract of a verb: what `niia VERB` is, takes and does. One file per verb in `verbs/` implements it. */
import type { Result } from '../result.ts';
import type { Arguments } from './arguments.ts';
import type { CliFailure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** One option of a verb. `list` may be given several times. */
export interface OptionSpec {
  readonly type: 'flag' | 'value' | 'list';
  /** What stands for the value in the help: `FILE`. Absent for flags. */
  readonly value?: string;
  /** One sentence without a full stop. */
  readonly help: string;
}

/** What a verb takes: its help is made from it, its arguments are checked against it. */
export interface VerbSpec {
  readonly name: string;
  /** What stands after the name in the usage line, such as `FILE [--json]`. */
  readonly usage: string;
  /** What it does, for its own help: one sentence or a few. */
  readonly description: string;
  readonly positionals: { readonly min: number; readonly max: number };
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Command lines without the leading `niia `, each with what it does. */
  readonly examples?: readonly (readonly [command: string, does: string])[];
}

/** What a verb gets: its arguments, and the terminal, pipes, environment and folder it was started in. */
export interface VerbContext {
  readonly args: Arguments;
  readonly terminal: Terminal;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly cwd: string;
}

/** An exit code of design §6, or why the verb could not do its work. */
export type VerbResult = Result<number, CliFailure>;

/** One verb of the command line. */
export interface Verb {
  readonly spec: VerbSpec;
  run(context: VerbContext): Promise<VerbResult>;
}
