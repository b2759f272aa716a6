import { adapterOf } from '../agents/registry.ts';
import { terminalCliOf } from '../agents/terminal/terminal-clis.ts';
import type { Phase, Step, Worker } from '../spec/workflow.ts';
import { compact } from './compact.ts';
import type { PlannedPhase, PlannedRoute, PlannedStep, PlannedWorker } from './plan.ts';
import { type PhasePair, type PlanContext, readFact, valuesOf, type WorkerPair } from './plan-context.ts';
import { planPlaces } from './plan-places.ts';
import { planPrompt } from './plan-prompt.ts';
import { isRunnable, planRoute } from './plan-routes.ts';
import { type Chain, type ChainEntry, resolveChain } from './resolve-chain.ts';

/** A worker must show a first sign of life within this time (spec §4), unless its session says otherwise. */
export const DEFAULT_START_TIMEOUT_MS = 60_000;
/** A working worker without any sign of life for this time is stalled (spec §4), unless its session says otherwise. */
export const DEFAULT_STALL_TIMEOUT_MS = 600_000;

/** Plans one phase: every worker with chain, place, permission and limits, and the phase's own settings with defaults. */
export function planPhase(phase: Phase, selected: ReadonlySet<string>, context: PlanContext): PhasePair {
  const requests = phase.workers.map(worker => ({ worker, values: valuesOf(context, phase, worker) }));
  const places = planPlaces(requests, context.facts);
  const workers = requests.map(({ worker, values }, index): WorkerPair => {
    const place = places[index] ?? { kind: 'in-place', dir: context.facts.workspace, reason: 'asked' };
    const chain = chainOf(worker, context);
    const planned = planWorker({ phase, worker, index, place, chain }, context);
    return { source: worker, planned, chain, values };
  });
  const planned: PlannedPhase = compact({
    name: phase.name,
    path: phase.path,
    kind: phase.kind,
    description: phase.description,
    needs: phase.needs.filter(need => selected.has(need)),
    earlier: present(phase.needs.filter(need => !selected.has(need))),
    workers: workers.map(pair => pair.planned),
    maxParallel: maxParallelOf(
      phase,
      workers.map(pair => pair.planned),
    ),
    steps: phase.steps.map(planStep),
    retries: phase.retries,
    onFailure: phase.onFailure,
    merge: phase.merge,
    output: outputOf(phase, context),
    gate: phase.gate,
  });
  return { source: phase, planned, workers };
}

/** Whether two workers of one phase may change the same files: then only one of them works at a time (spec §3). */
export function sharesFolder(worker: PlannedWorker): boolean {
  return worker.place.kind === 'in-place' && worker.permission !== 'read-only';
}

interface WorkerRequest {
  readonly phase: Phase;
  readonly worker: Worker;
  readonly index: number;
  readonly place: PlannedWorker['place'];
  readonly chain: Chain;
}

function planWorker(request: WorkerRequest, context: PlanContext): PlannedWorker {
  const { phase, worker, index, place } = request;
  const { session } = worker;
  const permission = session.permission ?? (place.kind === 'worktree' ? 'edit' : 'ask');
  const transport = transportOf(worker, context);
  const prompt = planPrompt(phase, worker, request.chain, context);
  const hasPrompt = prompt !== undefined;
  const routes = runnable(request.chain.entries).map(entry => {
    const adapter = adapterOf(entry);
    const how = routeTransport(entry, transport, context);
    return planRoute(entry, {
      permission,
      ...how,
      hasPrompt: hasPrompt && how.hasPrompt,
      adapter,
      facts: context.facts,
    });
  });
  return compact({
    key: `${phase.name}/${worker.id}`,
    id: worker.id,
    phase: phase.name,
    index: index + 1,
    of: phase.workers.length,
    path: worker.path,
    description: worker.description,
    prompt,
    role: worker.role,
    routes: routes satisfies readonly PlannedRoute[],
    place,
    permission,
    env: session.env,
    transport,
    timeoutMs: earliest(session.timeoutMs, context.workflow.limits.timeoutPerAgentMs),
    startTimeoutMs: session.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
    stallTimeoutMs: session.stallTimeoutMs ?? DEFAULT_STALL_TIMEOUT_MS,
    onRateLimit: session.onRateLimit ?? 'failover',
    setup: session.setup,
    sandbox: session.sandbox === false ? false : compact(session.sandbox),
    machine: worker.machine,
    connector: worker.connector === undefined ? undefined : connectorPath(worker.connector, context),
  });
}

/** A file without phases is a live session; workers of a phase have a live terminal where file or user ask for one. */
function transportOf({ session }: Worker, { workflow, options }: PlanContext): 'terminal' | 'headless' {
  if (workflow.interactive !== undefined) return session.transport ?? 'terminal';
  return session.transport ?? options.transport ?? 'headless';
}

/**
 * How one CLI of a worker's chain is run. In a phase only those run in their own terminal whose turns can be told there;
 * their prompt is typed, and not on the command line.
 */
function routeTransport(
  entry: ChainEntry,
  transport: 'terminal' | 'headless',
  { workflow, facts }: PlanContext,
): { readonly transport: 'terminal' | 'headless'; readonly hasPrompt: boolean } {
  if (workflow.interactive !== undefined || transport === 'headless') return { transport, hasPrompt: true };
  const isDriven = terminalCliOf(entry, facts.platform) !== undefined;
  return { transport: isDriven ? 'terminal' : 'headless', hasPrompt: !isDriven };
}

function chainOf(worker: Worker, context: PlanContext): Chain {
  if (worker.model === undefined) return { entries: [], unknown: [] };
  return resolveChain(worker.model.text, context.models, context.facts.configuredAgents);
}

/**
 * The entries that can run. If none can, all stay, so that the plan shows what was asked for; a
 * blocker keeps such a plan from running.
 */
function runnable(entries: readonly ChainEntry[]): readonly ChainEntry[] {
  const known = entries.filter(isRunnable);
  return known.length > 0 ? known : entries;
}

function maxParallelOf(phase: Phase, workers: readonly PlannedWorker[]): number {
  if (!phase.parallel || workers.some(sharesFolder)) return 1;
  return Math.max(1, Math.min(phase.maxParallel ?? workers.length, workers.length));
}

function planStep(step: Step): PlannedStep {
  return compact({
    name: step.name,
    path: step.path,
    binary: step.binary,
    args: step.args,
    intent: step.intent,
    cwd: step.cwd,
    timeoutMs: step.timeoutMs,
    rules: step.rules,
  });
}

/** The schema itself; absent where its file cannot be read, for which there is a blocker. */
function outputOf({ output }: Phase, context: PlanContext): unknown {
  if (output === undefined) return undefined;
  if ('schema' in output) return output.schema;
  const fact = readFact(context.facts, output.schemaFile);
  if ('problem' in fact) return undefined;
  try {
    return JSON.parse(fact.text) as unknown;
  } catch {
    return undefined;
  }
}

function connectorPath(path: string, context: PlanContext): string {
  return context.facts.files[path]?.path ?? path;
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const given = times.filter(time => time !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}

function present<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
