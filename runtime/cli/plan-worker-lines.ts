import { liveTerminalOf } from '../agents/declared-terminal.ts';
import { adapterOf } from '../agents/registry.ts';
import { formatDuration } from '../amounts.ts';
import { safeName } from '../git/safe-name.ts';
import type { Plan, PlannedRoute, PlannedWorker } from '../plan/plan.ts';
import { printableLine } from './printable.ts';
import { quoteArgv } from './quote-argv.ts';
import type { Style } from './style.ts';
import { pad, truncate, widthOf } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

/** How the plan is written out. */
export interface PlanLayout {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Workers that differ in nothing but name, prompt and place: they are described once. */
export type WorkerGroup = readonly [PlannedWorker, ...PlannedWorker[]];

/** Puts workers together that differ only in name, prompt and place; groups in order of their first worker. */
export function groupWorkers(workers: readonly PlannedWorker[]): readonly WorkerGroup[] {
  const groups = new Map<string, [PlannedWorker, ...PlannedWorker[]]>();
  for (const worker of workers) {
    const { key, id, index, path, prompt, place, description, ...same } = worker;
    const signature = JSON.stringify([same, place.kind, placeKey(place)]);
    const group = groups.get(signature);
    if (group === undefined) groups.set(signature, [worker]);
    else group.push(worker);
  }
  return [...groups.values()];
}

/** The lines that describe a group of equal workers, without indentation. `width` is what is left for them. */
export function describeGroup(group: WorkerGroup, plan: Plan, layout: PlanLayout): readonly string[] {
  const [first] = group;
  const row = rowWriter(layout);
  return [
    ...first.routes.flatMap((route, at) =>
      row(at === 0 ? 'model' : 'else', routeLines(route, first, layout)),
    ),
    ...row('role', first.role === undefined ? [] : [gist(first.role)]),
    ...row('prompt', promptLines(group)),
    ...row('place', placeLines(group, plan)),
    ...row('branch', branchLines(group)),
    ...row('permission', permissionLines(first)),
    ...row('environment', envNames(first)),
    ...row('sandbox', sandboxLines(first)),
    ...row('machine', first.machine ? [first.machine.join(', ')] : []),
    ...row('connector', first.connector ? [first.connector] : []),
    ...row('setup', first.setup ? [`$ ${quoteArgv(first.setup)}`] : []),
    ...row('limits', first.routes.length > 0 ? [limitsLine(first)] : []),
  ];
}

/** Names of many workers: `1 … 32` for numbers in a row, else all or the first few. */
export function nameGroup(group: WorkerGroup): string {
  const ids = group.map(worker => printableLine(worker.id));
  const [first] = group;
  const isCounted = group.every((worker, at) => worker.id === String(Number(first.id) + at));
  if (isCounted && group.length > 2) return `${ids[0]} … ${ids.at(-1)}`;
  const shown = ids.slice(0, MAX_NAMES).join(', ');
  return ids.length > MAX_NAMES ? `${shown} … ${ids.length - MAX_NAMES} more` : shown;
}

const MAX_NAMES = 12;
const LABEL_WIDTH = 'environment'.length;

/** Rows of a label and its lines; wrapped between words, the label only before the first. */
function rowWriter({ style, width }: PlanLayout) {
  const columns = Math.max(20, width - LABEL_WIDTH - 2);
  return (label: string, lines: readonly string[]): readonly string[] =>
    lines
      .flatMap(line => wrapLine(line, columns))
      .map((line, at) => `${style.dim(pad(at === 0 ? label : '', LABEL_WIDTH))}  ${line}`);
}

/** The rest of a command line stands under its first word, not under the `$`. */
function wrapLine(line: string, columns: number): readonly string[] {
  if (!line.startsWith('$ ')) return wrapText(line, columns);
  return wrapText(line.slice(2), columns - 2).map((part, at) => `${at === 0 ? '$' : ' '} ${part}`);
}

function routeLines(route: PlannedRoute, worker: PlannedWorker, { style }: PlanLayout): readonly string[] {
  const env = Object.keys(route.env);
  const remarks = [
    ...(route.alias === undefined ? [] : [`alias ${route.alias}`]),
    ...(route.version === undefined ? [] : [route.version]),
    ...(env.length === 0 ? [] : [`with ${env.join(', ')}`]),
    ...transportRemarks(route, worker),
  ].map(remark => style.dim(` · ${printableLine(remark)}`));
  return [`${style.cyan(printableLine(route.label))}${remarks.join('')}`, `$ ${commandLine(route)}`];
}

/** Headless is worth a word only where a live terminal was asked for. */
function transportRemarks(route: PlannedRoute, { transport }: PlannedWorker): readonly string[] {
  if (route.transport === 'terminal') return ['in its live terminal'];
  if (transport === 'headless' || adapterOf(route)?.isShellPrompt === true) return [];
  const { adapter, declared } = route;
  return declared !== undefined && liveTerminalOf(declared.terminal) === undefined
    ? [`headless: agents.${adapter}.terminal has no events to tell its turns by`]
    : ['headless: turns cannot be told apart in its own terminal'];
}

/** The program by its name: where it was found is in the JSON. */
function commandLine(route: PlannedRoute): string {
  const [program = '', ...args] = route.preview;
  const name = program === route.program ? (program.split(/[\\/]/).at(-1) ?? program) : program;
  return `${quoteArgv([name, ...args])}${route.readsStdin ? ' < {prompt_file}' : ''}`;
}

function promptLines(group: WorkerGroup): readonly string[] {
  const texts = new Set(group.map(worker => worker.prompt));
  if (texts.size === 1) return group[0].prompt === undefined ? [] : [gist(group[0].prompt)];
  const width = group.reduce((most, { id }) => Math.max(most, widthOf(printableLine(id))), 0);
  const lines = group
    .slice(0, MAX_NAMES)
    .map(
      ({ id, prompt }) => `${pad(printableLine(id), width)}  ${prompt === undefined ? '–' : gist(prompt)}`,
    );
  return group.length > MAX_NAMES ? [...lines, `… ${group.length - MAX_NAMES} more`] : lines;
}

/** The beginning of a prompt; scripts start where their `#!` line and comment signs end. */
function gist(prompt: string): string {
  const text = printableLine(prompt.replace(/^#![^\n]*\n/, '').replace(/^\s*#+\s*/, ''));
  return text === '' ? '(empty)' : truncate(text, MAX_GIST);
}

const MAX_GIST = 72;

function placeKey(place: PlannedWorker['place']): string {
  return place.kind === 'in-place' ? place.reason : (place.resume ?? '');
}

function placeLines(group: WorkerGroup, plan: Plan): readonly string[] {
  const [{ place }] = group;
  if (place.kind === 'in-place') {
    const why = place.reason === 'asked' ? '"worktree": false' : 'no repository';
    return [`in the folder itself (${why}): ${place.dir}`];
  }
  if (place.resume !== undefined) return [`resumes ${place.dir}`];
  const dirs = group.flatMap(worker => (worker.place.kind === 'worktree' ? worker.place.dir : []));
  const from = baseOf(group[0], plan);
  if (group.length === 1) return [`${dirs[0]} from ${from}`];
  const shown = dirs.length > 3 ? [dirs[0], '…', dirs.at(-1)] : dirs;
  const folder = place.dir.slice(0, -place.slug.length);
  const names = shown.map(dir => (dir ?? '').replace(folder, ''));
  return [`${group.length} worktrees in ${folder} from ${from}`, names.join('  ')];
}

function baseOf({ phase }: PlannedWorker, plan: Plan): string {
  const planned = plan.phases.find(({ name }) => name === phase);
  const needs = [...(planned?.earlier ?? []), ...(planned?.needs ?? [])];
  if (needs.length > 0) return 'the run branch';
  return plan.repository === undefined ? 'HEAD' : `HEAD (${plan.repository.head.slice(0, 7)})`;
}

function branchLines(group: WorkerGroup): readonly string[] {
  const [first] = group;
  if (first.place.kind !== 'worktree' || first.place.resume !== undefined) return [];
  const worker = group.length === 1 ? safeName(first.id) : '{worker}';
  return [`niia/{run}/w/${safeName(first.phase)}/${worker}`];
}

function permissionLines({ permission, routes }: PlannedWorker): readonly string[] {
  const words = new Map<string, string[]>();
  for (const route of routes) {
    const text = describePermission(route);
    words.set(text, [...(words.get(text) ?? []), printableLine(route.label)]);
  }
  if (words.size <= 1) return [...words.keys()].map(text => `${permission}: ${text}`);
  return [...words].map(([text, labels]) => `${permission} for ${labels.join(', ')}: ${text}`);
}

function describePermission(route: PlannedRoute): string {
  const flags = route.permissionArgs ? `${quoteArgv(route.permissionArgs)} – ` : '';
  return `${flags}${route.permissionNote}`;
}

/** Names only: values may be secret. */
function envNames({ env }: PlannedWorker): readonly string[] {
  const names = Object.keys(env);
  return names.length === 0 ? [] : [names.map(printableLine).join(', ')];
}

function sandboxLines({ sandbox }: PlannedWorker): readonly string[] {
  if (sandbox === undefined || sandbox === false) return [];
  const { network, write, readDeny } = sandbox;
  return [
    network === false ? 'no network' : `network: ${network?.join(', ') ?? 'its provider only'}`,
    ...(write.length > 0 ? [`may also write ${write.join(', ')}`] : []),
    ...(readDeny.length > 0 ? [`may not read ${readDeny.join(', ')}`] : []),
  ];
}

function limitsLine(worker: PlannedWorker): string {
  const life = worker.timeoutMs === undefined ? [] : [`ends after ${formatDuration(worker.timeoutMs)}`];
  const rateLimit = worker.onRateLimit === 'failover' ? [] : [`on a rate limit: ${worker.onRateLimit}`];
  const start = `first sign of life within ${formatDuration(worker.startTimeoutMs)}`;
  const stall = `silent for at most ${formatDuration(worker.stallTimeoutMs)}`;
  return [...life, start, stall, ...rateLimit].join(' · ');
}
