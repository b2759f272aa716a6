/** Lets a person choose another model: for aliases of a file before a run, or for a worker that is run again. */
import { t } from '@vscode/l10n';
import type { Plan } from '../../runtime/plan/plan.ts';
import type { Cli } from '../cli.ts';
import type { Choice, Prompter } from './prompter.ts';
import { aliasesOf } from './run-inputs.ts';

/** What choosing needs of the window. */
export interface ModelHost extends Prompter {
  readonly cli: Cli;
}

/** Asks for an alias of the plan and its model. The arguments for the command line; undefined: the person went away. */
export async function chooseModels(
  plan: Plan,
  folder: string,
  host: ModelHost,
): Promise<readonly string[] | undefined> {
  const aliases = aliasesOf(plan);
  if (aliases.length === 0) {
    await host.tell({ severity: 'info', message: t('The file names its models directly: it has no alias.') });
    return undefined;
  }
  const choices = aliases.map(({ alias, labels }) => ({
    label: alias,
    description: labels.join(' → '),
    value: alias,
  }));
  const [only] = aliases;
  const alias =
    aliases.length === 1 ? only?.alias : await host.choose(t('Another model for which alias?'), choices);
  if (alias === undefined) return undefined;
  const route = await chooseRoute(t('Model for {0}', alias), folder, host);
  return route === undefined ? undefined : [`--model=${alias}=${route}`];
}

/** Asks for a model: one that is installed here, or another that the person names. */
export async function chooseRoute(
  title: string,
  folder: string,
  host: ModelHost,
): Promise<string | undefined> {
  const agents = await installedAgents(folder, host.cli);
  const other: Choice<string | undefined> = { label: t('Another model…'), value: undefined };
  const choices: readonly Choice<string | undefined>[] = [
    ...agents.map(({ name, version }) => ({
      label: name,
      ...(version !== undefined && { description: version }),
      value: name,
    })),
    other,
  ];
  const chosen = await host.choose(
    title,
    choices.map(choice => ({ ...choice, value: choice })),
  );
  if (chosen !== other && chosen?.value !== undefined) return chosen.value;
  if (chosen === undefined) return undefined;
  const text = await host.text({ title, prompt: t('A model, such as codex or claude/opus') });
  return text === '' ? undefined : text;
}

interface Agent {
  readonly name: string;
  readonly version?: string;
}

/** The CLIs that can be run here. None if they cannot be asked for: a model can still be named. */
async function installedAgents(folder: string, cli: Cli): Promise<readonly Agent[]> {
  const listed = await cli.run(['agents', '--json'], { cwd: folder });
  if (!listed.ok || listed.value.code !== 0) return [];
  const rows: unknown = JSON.parse(listed.value.stdout);
  return Array.isArray(rows) ? rows.flatMap(readAgent) : [];
}

function readAgent(row: unknown): readonly Agent[] {
  if (typeof row !== 'object' || row === null || !('name' in row) || typeof row.name !== 'string') return [];
  if (!('program' in row) || !('isRunnable' in row) || row.isRunnable !== true) return [];
  const version = 'version' in row && typeof row.version === 'string' ? { version: row.version } : {};
  return [{ name: row.name, ...version }];
}
