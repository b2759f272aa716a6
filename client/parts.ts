/** What every part of the extension gets when it registers itself. */
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { Cli } from './cli.ts';
import type { Runs } from './runs/runs.ts';

/** The window's shared things; one of each, made at activation, living until the window closes. */
export interface Parts {
  readonly context: ExtensionContext;
  /** The output channel "connector.json". */
  readonly log: LogOutputChannel;
  readonly runs: Runs;
  /** The packaged command line. Refuses in a workspace that is not trusted. */
  readonly cli: Cli;
}
