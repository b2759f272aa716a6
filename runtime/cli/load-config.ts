/** The user's configuration, for verbs: most users have none, and then nothing is loaded to read it. */
import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { err, ok, type Result } from '../result.ts';
import { type CliFailure, misused } from './failure.ts';

const defaults: Config = { linkedDirectories: [], sessionPlugins: [], agents: {}, prices: {}, machines: {} };

/** Reads the configuration file; a file that is not there is the default configuration. */
export async function loadConfig(file: string): Promise<Result<Config, CliFailure>> {
  if (!existsSync(file)) return ok(defaults);
  const { readConfig } = await import('../config/config.ts');
  const read = await readConfig(file);
  if (read.ok) return ok(read.value.config);
  return err(misused(`the configuration "${read.failure.file}" is invalid: ${read.failure.message}`));
}
