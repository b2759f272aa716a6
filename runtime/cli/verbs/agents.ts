/** `niia agents` */

import { builtInAdapters } from '../../agents/names.ts';
import { adapterFor } from '../../agents/registry.ts';
import { findPlaces } from '../../config/places.ts';
import { findProgram } from '../../machine/find-program.ts';
import { programVersion } from '../../machine/program-version.ts';
import { ok } from '../../result.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadConfig } from '../load-config.ts';
import { printableLine } from '../printable.ts';
import { renderTable } from '../table.ts';
import type { Verb, VerbContext } from '../verb.ts';

/** One CLI that can stand as a model. */
interface AgentRow {
  readonly name: string;
  /** Absolute path; absent = not installed. */
  readonly program?: string;
  readonly version?: string;
  /** Whether this version of niia can run it. */
  readonly isRunnable: boolean;
  /** Whether limits.max_cost_usd can see it (spec §8). */
  readonly reports: 'cost' | 'tokens' | 'nothing';
  readonly canResume: boolean;
  readonly isConfigured: boolean;
}

/** Lists the CLIs that can stand as models, and what can be done with them here. */
export const verb: Verb = {
  spec: {
    name: 'agents',
    usage: '[--json]',
    description:
      'Lists the CLIs that can stand as a model in a connector file: the known ones and those of your configuration,\n' +
      'which of them are installed here, and what niia can do with them.',
    positionals: { min: 0, max: 0 },
    options: { json: { type: 'flag', help: 'one JSON array' } },
  },
  run: async context => {
    const { args, terminal } = context;
    const config = await loadConfig(findPlaces(context.env).configFile);
    if (!config.ok) return config;
    const configured = Object.entries(config.value.agents).map(([name, agent]) =>
      configuredRow(name, agent.command[0] ?? '', context),
    );
    const rows = await Promise.all([
      ...builtInAdapters.map(name => builtInRow(name, context)),
      ...configured,
    ]);
    if (args.flag('json')) terminal.stdout.write(`${JSON.stringify(rows)}\n`);
    else
      terminal.stdout.write(
        renderTable(
          ['NAME', 'INSTALLED', 'VERSION', 'RUNS', 'REPORTS', 'RESUMES'],
          rows.map(cells),
          terminal.stdout.style,
          terminal.stdout.isTerminal ? terminal.stdout.size().columns : undefined,
        ),
      );
    return ok(exitCodes.succeeded);
  },
};

async function builtInRow(name: string, { env, cwd }: VerbContext): Promise<AgentRow> {
  const adapter = adapterFor(name);
  const programs = adapter?.programs ?? [name];
  const found = await Promise.all(programs.map(program => findProgram(program, env, cwd)));
  const program = found.find(path => path !== undefined);
  const version =
    program === undefined || adapter === undefined
      ? undefined
      : await programVersion(program, adapter.versionArgs, env);
  return {
    name,
    ...(program === undefined ? {} : { program }),
    ...(version === undefined ? {} : { version }),
    isRunnable: adapter !== undefined,
    reports: adapter?.reports ?? 'nothing',
    canResume: adapter?.canResume ?? false,
    isConfigured: false,
  };
}

async function configuredRow(name: string, command: string, { env, cwd }: VerbContext): Promise<AgentRow> {
  const program = await findProgram(command, env, cwd);
  return {
    name,
    ...(program === undefined ? {} : { program }),
    isRunnable: true,
    reports: 'nothing',
    canResume: false,
    isConfigured: true,
  };
}

function cells(row: AgentRow): readonly string[] {
  const needsNothing = row.name === 'shell';
  return [
    row.name,
    needsNothing ? 'built in' : (row.program ?? 'no'),
    printableLine(row.version ?? ''),
    row.isRunnable ? 'yes' : 'not by this version',
    row.isRunnable ? row.reports : '',
    row.isRunnable ? (row.canResume ? 'yes' : 'no') : '',
  ];
}
