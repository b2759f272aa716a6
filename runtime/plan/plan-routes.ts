import type { AgentAdapter, TurnRequest } from '../agents/adapter.ts';
import { adapterOf } from '../agents/registry.ts';
import type { Permission } from '../spec/workflow.ts';
import { compact } from './compact.ts';
import type { PlanFacts, ProgramFact } from './facts.ts';
import type { PlannedRoute } from './plan.ts';
import type { ChainEntry } from './resolve-chain.ts';

/** What a route's command line depends on besides the route. */
export interface RouteSetting {
  readonly permission: Permission;
  readonly transport: 'terminal' | 'headless';
  readonly adapter: AgentAdapter | undefined;
  /** False for a live session without a first prompt. */
  readonly hasPrompt: boolean;
  readonly facts: Pick<PlanFacts, 'platform' | 'programs'>;
}

/**
 * One entry of a worker's chain with everything that is known before the run: program, command line, permission. The
 * command line is the adapter's own, with `{prompt}`, `{prompt_file}` and `{conversation}` where those will stand.
 */
export function planRoute(entry: ChainEntry, setting: RouteSetting): PlannedRoute {
  const { adapter, permission, facts } = setting;
  const program = findProgram(entry, adapter, facts.programs);
  const command = adapter && commandOf(adapter, entry, setting, program);
  const mapping = adapter?.permissions[permission];
  return compact({
    alias: entry.alias,
    adapter: entry.adapter,
    model: entry.model,
    label: labelOf(entry),
    args: entry.args,
    env: entry.env,
    command: entry.command,
    declared: entry.declared,
    onRateLimit: entry.onRateLimit,
    program: program?.path,
    version: program?.version,
    preview: command?.argv ?? [entry.adapter],
    transport: setting.transport === 'terminal' ? setting.transport : undefined,
    readsStdin: command?.stdin === undefined ? undefined : true,
    permissionNote: permissionNote(setting),
    permissionArgs: mapping && mapping.args.length > 0 ? mapping.args : undefined,
  });
}

/** What the permission means in words. An adapter speaks of headless turns; in its own terminal the CLI can ask. */
function permissionNote({ adapter, permission, transport }: RouteSetting): string {
  const means = adapter?.permissions[permission].means;
  if (means === undefined) return 'unknown: this version does not drive this CLI';
  if (transport === 'headless' || permission === 'full' || adapter?.isShellPrompt === true) return means;
  if (permission === 'ask') return 'asks in its terminal before it edits files or runs commands';
  return `${means}; in its terminal it may ask you for more`;
}

/** Whether an entry names all that its CLI needs. */
export function isRunnable(entry: ChainEntry): boolean {
  const adapter = adapterOf(entry);
  return adapter !== undefined && (adapter.needsModel !== true || entry.model !== undefined);
}

/** Programs any of which serves a route, best first; empty if it needs none, or none that PATH decides about. */
export function programsOf(entry: ChainEntry, adapter: AgentAdapter | undefined): readonly string[] {
  if (entry.command === undefined) return adapter?.programs ?? [];
  const program = entry.command[0] ?? '';
  // With a placeholder or relative to a worktree that is yet to be made, only the run can tell.
  return program === '' || /[{}]/.test(program) || /^\.{1,2}[\\/]/.test(program) ? [] : [program];
}

/** How people see a route: `claude`, `claude (opus)`, `my-cli`. */
export function labelOf(entry: ChainEntry): string {
  const name = entry.command === undefined ? entry.adapter : baseName(entry.command[0] ?? entry.adapter);
  const label = entry.model === undefined ? name : `${name} (${entry.model})`;
  return label.slice(0, MAX_LABEL_LENGTH) || entry.adapter;
}

/** The plan's schema allows 300 characters; the rest is for a distinguishing suffix. */
const MAX_LABEL_LENGTH = 250;

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

function findProgram(
  entry: ChainEntry,
  adapter: AgentAdapter | undefined,
  programs: PlanFacts['programs'],
): ProgramFact | undefined {
  const name = programsOf(entry, adapter).find(candidate => Object.hasOwn(programs, candidate));
  return name === undefined ? undefined : programs[name];
}

function commandOf(
  adapter: AgentAdapter,
  entry: ChainEntry,
  setting: RouteSetting,
  program: ProgramFact | undefined,
) {
  const request: TurnRequest = {
    prompt: setting.hasPrompt ? '{prompt}' : '',
    promptFile: '{prompt_file}',
    filesDir: '{files}',
    ...(entry.model === undefined ? {} : { model: entry.model }),
    permission: setting.permission,
    ...(adapter.canResume ? { conversation: { id: '{conversation}', isNew: true } } : {}),
    args: entry.args,
    ...(entry.command === undefined ? {} : { command: entry.command }),
    program: program?.path ?? adapter.programs[0] ?? '',
    platform: setting.facts.platform,
  };
  return setting.transport === 'terminal'
    ? adapter.terminalCommand(request)
    : adapter.headlessCommand(request);
}
