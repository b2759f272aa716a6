/** `niia agents` */

import type { DeclaredAgent } from '../../agents/declared.ts';
import { builtInAdapters } from '../../agents/names.ts';
import { adapterOf } from '../../agents/registry.ts';
import { findPlaces } from '../../config/places.ts';
import { findProgram } from '../../machine/find-program.ts';
import { programVersion } from '../../machine/program-version.ts';
import { err, ok } from '../../result.ts';
import { exitCodes } from '../exit-codes.ts';
import { misused } from '../failure.ts';
import { loadConfig } from '../load-config.ts';
import { printable, printableLine } from '../printable.ts';
import { renderTable } from '../table.ts';
import type { Verb, VerbContext, VerbResult } from '../verb.ts';

/** One CLI that can stand as a model. */
interface AgentRow {
  readonly name: string;
  /** Absolute path; absent = not installed. */
  readonly program?: string;
  readonly version?: string;
  /** Whether this version of niia can run it. */
  readonly isRunnable: boolean;
  /** Version that niia was tested with; absent = none. */
  readonly testedVersion?: string;
  /** Whether MCP servers of `tools.mcp` reach it natively. */
  readonly hasMcp: boolean;
  /** Whether limits.max_cost_usd can see it (spec §8). */
  readonly reports: 'cost' | 'tokens' | 'nothing';
  readonly canResume: boolean;
  readonly isConfigured: boolean;
}

/** Lists the CLIs that can stand as models, and what can be done with them here. */
export const verb: Verb = {
  spec: {
    name: 'agents',
    usage: '[--check MODEL [--yes]] [--json]',
    description:
      'Lists the CLIs that can stand as a model in a connector file: the known ones and those of your configuration,\n' +
      'which of them are installed here, and what niia can do with them.\n' +
      '--check spends two or three short turns of one of them (which its provider may charge for), headless and in its own\n' +
      'terminal, and says what works. It asks before; where nobody can be asked it wants --yes.',
    positionals: { min: 0, max: 0 },
    options: {
      check: { type: 'value', value: 'MODEL', help: 'try this one, such as "codex" or "ollama/llama3"' },
      yes: { type: 'flag', help: '--check: spend the turns without asking' },
      json: { type: 'flag', help: 'one JSON array; with --check one document' },
    },
    examples: [['agents --check codex', 'what works of codex here, once you agree to what it spends']],
  },
  run: async context => {
    const { args, terminal } = context;
    const config = await loadConfig(findPlaces(context.env).configFile);
    if (!config.ok) return config;
    const { agents } = config.value;
    const model = args.value('check');
    if (model !== undefined) return check(context, model, agents);
    const rows = await Promise.all([
      ...builtInAdapters
        .filter(name => !Object.hasOwn(agents, name))
        .map(name => rowOf(name, undefined, context)),
      ...Object.entries(agents).map(([name, agent]) => rowOf(name, agent, context)),
    ]);
    if (args.flag('json')) terminal.stdout.write(`${JSON.stringify(rows)}\n`);
    else
      terminal.stdout.write(
        renderTable(
          ['NAME', 'INSTALLED', 'VERSION', 'TESTED', 'REPORTS', 'RESUMES', 'MCP'],
          rows.map(cells),
          terminal.stdout.style,
          terminal.stdout.isTerminal ? terminal.stdout.size().columns : undefined,
        ),
      );
    return ok(exitCodes.succeeded);
  },
};

async function rowOf(
  name: string,
  declared: DeclaredAgent | undefined,
  { env, cwd }: VerbContext,
): Promise<AgentRow> {
  const adapter = adapterOf({ adapter: name, ...(declared === undefined ? {} : { declared }) });
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
    ...(adapter?.testedVersion === undefined ? {} : { testedVersion: adapter.testedVersion }),
    hasMcp: adapter?.mcp === 'native',
    reports: adapter?.reports ?? 'nothing',
    canResume: adapter?.canResume ?? false,
    isConfigured: declared !== undefined,
  };
}

function cells(row: AgentRow): readonly string[] {
  const needsNothing = row.name === 'shell';
  return [
    row.name,
    needsNothing ? 'built in' : (row.program ?? 'no'),
    printableLine(row.version ?? ''),
    row.testedVersion ?? '',
    row.reports,
    row.canResume ? 'yes' : 'no',
    row.hasMcp ? 'yes' : 'by command',
  ];
}

async function check(
  context: VerbContext,
  model: string,
  agents: Readonly<Record<string, DeclaredAgent>>,
): Promise<VerbResult> {
  const { args, terminal } = context;
  const { checkAgent } = await import('../agents/check-agent.ts');
  const checked = await checkAgent(context, model, agents, {
    mayAsk: turns => mayAsk(context, model, turns),
    onTurns: where => {
      if (terminal.isInteractive) terminal.stderr.write(`Asking ${printableLine(model)} ${where} …\n`);
    },
  });
  if (!checked.ok) return checked;
  if (checked.value === undefined) {
    if (terminal.isInteractive) return ok(exitCodes.stopped);
    return err(misused(`a check spends turns of ${model}, and nobody can be asked`, 'agree to it by --yes'));
  }
  const { rows, isUsable } = checked.value;
  if (args.flag('json')) terminal.stdout.write(`${JSON.stringify(checked.value)}\n`);
  else {
    const lines = rows.map(({ part, result, detail }) => [part, result, printableLine(detail)]);
    terminal.stdout.write(renderTable(['PART', 'RESULT', 'DETAIL'], lines, terminal.stdout.style));
    for (const { part, shown } of rows)
      if (shown !== undefined) terminal.stdout.write(lastWords(part, shown));
  }
  return ok(isUsable ? exitCodes.succeeded : exitCodes.failed);
}

/** What a CLI showed last in a turn that failed. */
function lastWords(part: string, shown: string): string {
  const lines = printable(shown)
    .split('\n')
    .filter(line => line.trim() !== '');
  return lines.length === 0
    ? ''
    : `\nThe last that was shown (${part}):\n${lines.map(line => `  ${line}\n`).join('')}`;
}

async function mayAsk({ args, terminal }: VerbContext, model: string, turns: number): Promise<boolean> {
  if (args.flag('yes')) return true;
  if (!terminal.isInteractive) return false;
  const { ask } = await import('../run/prompt.ts');
  const question = `This asks ${printableLine(model)} ${turns} short questions, which its provider may charge for. Go on? [y/N] `;
  return /^y(es)?$/i.test((await ask(terminal, question)) ?? '');
}
