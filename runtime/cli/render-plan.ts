import { formatCost, formatDuration, plural } from '../amounts.ts';
import type { CostEstimate } from '../cost/estimate.ts';
import { directNeeds } from '../graph/direct-needs.ts';
import type { Plan, PlanNote, PlannedPhase, PlannedStep } from '../plan/plan.ts';
import { describeEstimates } from './cost-estimates.ts';
import { drawPhaseMap } from './phase-map.ts';
import { describeGroup, groupWorkers, nameGroup, type PlanLayout } from './plan-worker-lines.ts';
import { printableLine } from './printable.ts';
import { quoteArgv } from './quote-argv.ts';
import { createStyle } from './style.ts';
import { pad, truncate } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

/** How a plan is shown. */
export interface RenderPlanOptions {
  readonly color: boolean;
  /** Columns of the terminal; longer lines are wrapped or cut. */
  readonly width: number;
  /** What its phases will probably cost. */
  readonly estimates?: readonly CostEstimate[];
}

/**
 * The plan for people (`niia plan`): what runs in which order, each phase with its workers, what is worth knowing. Shows
 * names of environment variables only. Ends with a newline.
 */
export function renderPlan(plan: Plan, options: RenderPlanOptions): string {
  const layout = { style: createStyle(options.color), width: Math.max(40, options.width) };
  const needs = directNeeds(plan.phases);
  const blocks = [
    header(plan, options.estimates ?? [], layout),
    indent(map(plan, layout)),
    ...plan.phases.map(phase => phaseBlock({ ...phase, needs: needs.get(phase.name) ?? [] }, plan, layout)),
    renderNotes(plan.notes, layout),
    [verdict(plan, layout)],
  ];
  const lines = blocks.filter(block => block.length > 0).map(block => block.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

/** The notes of a plan, most serious first, wrapped; no lines for no notes. */
export function renderNotes(notes: readonly PlanNote[], layout: PlanLayout): readonly string[] {
  const { style, width } = layout;
  const paint = { blocker: style.red, warning: style.yellow, note: style.dim };
  const signs = { blocker: '✗', warning: '!', note: '·' };
  return notes.flatMap(note => {
    const where = note.path === undefined || note.path.length === 0 ? '' : ` (${formatPath(note.path)})`;
    const text = `${printableLine(note.message)}${printableLine(where) && ` ${printableLine(where)}`}`;
    return wrapText(text, width - 4).map((line, at) =>
      at === 0 ? `  ${paint[note.severity](signs[note.severity])} ${line}` : `    ${line}`,
    );
  });
}

function header(plan: Plan, estimates: readonly CostEstimate[], layout: PlanLayout): readonly string[] {
  const { style, width } = layout;
  const rows: readonly (readonly [string, string])[] = [
    ['file', plan.file],
    ['task', plan.task ?? ''],
    ['base', baseOf(plan)],
    ['shape', shapeOf(plan)],
    ['limits', limitsOf(plan)],
    ['cost', describeEstimates(estimates)],
    ['variables', Object.keys(plan.vars).join(', ')],
  ];
  const lines = rows
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `  ${style.dim(pad(label, 9))}  ${truncate(printableLine(text), width - 13)}`);
  return [style.bold(printableLine(plan.name)), ...lines];
}

function baseOf({ repository, workspace, phases }: Plan): string {
  if (repository === undefined) {
    const wantsCommit = phases.some(({ workers }) => workers.some(({ place }) => place.kind === 'worktree'));
    return `${wantsCommit ? 'no commit to start from' : 'no repository'}: ${workspace}`;
  }
  const branch = repository.branch ?? 'detached HEAD';
  return `${branch} @ ${repository.head.slice(0, 7)}${repository.isDirty ? ', uncommitted changes not included' : ''}`;
}

function shapeOf(plan: Plan): string {
  if (plan.isInteractive) return 'one live session in your terminal';
  const workers = plan.phases.reduce((sum, phase) => sum + phase.workers.length, 0);
  const parts = [plural(plan.phases.length, 'phase'), plural(workers, 'worker')];
  if (plan.scratchpad) parts.push('scratchpad');
  if (plan.yes) parts.push('nothing is asked (--yes)');
  return parts.join(' · ');
}

function limitsOf({ limits }: Plan): string {
  const cost = limits.maxCostUsd === undefined ? [] : [`at most ${formatCost(limits.maxCostUsd)}`];
  const time =
    limits.timeoutPerAgentMs === undefined ? [] : [`${formatDuration(limits.timeoutPerAgentMs)} each`];
  return [...cost, ...time, `${limits.maxTotalAgents} agents`, `depth ${limits.maxDepth}`].join(' · ');
}

/** Nothing to draw for a single phase. */
function map(plan: Plan, { width }: PlanLayout): readonly string[] {
  if (plan.phases.length < 2) return [];
  const phases = plan.phases.map(({ name, workers, needs }) => {
    const count = workers.length > 1 ? ` ×${workers.length}` : '';
    return { name, needs, text: `${truncate(printableLine(name), 24)}${count}` };
  });
  return drawPhaseMap(phases, width - 2);
}

function phaseBlock(phase: PlannedPhase, plan: Plan, layout: PlanLayout): readonly string[] {
  const { style, width } = layout;
  const facts = [countOf(phase), ...settingsOf(phase)].map(printableLine).join(' · ');
  const name = printableLine(phase.name);
  const head = `${style.bold(truncate(name, width))}  ${style.dim(facts)}`;
  const description =
    phase.description === undefined ? [] : wrapText(printableLine(phase.description), width - 2);
  const groups = groupWorkers(phase.workers);
  const inner = { style, width: width - 4 };
  return [
    truncate(head, width),
    ...indent(description.map(line => style.dim(line))),
    ...indent(stepLines(phase.steps, { style, width: width - 2 })),
    ...groups.flatMap(group => [
      ...(phase.workers.length > 1 ? [`  ${style.bold(truncate(nameGroup(group), width - 2))}`] : []),
      ...indent(indent(describeGroup(group, plan, inner))),
    ]),
  ];
}

function countOf({ workers, maxParallel, kind }: PlannedPhase): string {
  const members = kind === 'workers' ? plural(workers.length, 'worker') : `${kind} of ${workers.length}`;
  if (workers.length === 1 || kind !== 'workers') return members;
  if (maxParallel === 1) return `${members}, one after the other`;
  return maxParallel >= workers.length ? `${members} in parallel` : `${members}, ${maxParallel} at once`;
}

function settingsOf(phase: PlannedPhase): readonly string[] {
  const { needs, earlier, gate, retries, onFailure, merge, output } = phase;
  return [
    ...(needs.length > 0 ? [`after ${needs.join(', ')}`] : []),
    ...(earlier === undefined ? [] : [`builds on ${earlier.join(', ')} of an earlier run`]),
    ...(gate === undefined ? [] : ['waits for approval']),
    ...(retries > 0 ? [`${plural(retries, 'retry')}`.replace('retrys', 'retries')] : []),
    ...(onFailure === 'continue' ? ['goes on after a failure'] : []),
    ...(merge === 'auto' ? [] : [merge === 'pick' ? 'you pick a branch' : 'branches are not merged']),
    ...(output === undefined ? [] : ['answers are checked against a schema']),
  ];
}

function stepLines(steps: readonly PlannedStep[], { style, width }: PlanLayout): readonly string[] {
  return steps.flatMap((step, at) => {
    const isNamed = step.name !== String(at + 1);
    const name = isNamed ? `${printableLine(step.name)}: ` : '';
    const writes = step.intent === 'write' ? style.yellow(' writes: asks first') : '';
    const time = step.timeoutMs === undefined ? '' : style.dim(` at most ${formatDuration(step.timeoutMs)}`);
    const folder = step.cwd === undefined ? '' : style.dim(` in ${printableLine(step.cwd)}`);
    const command = `$ ${quoteArgv([step.binary, ...step.args])}`;
    return [
      truncate(`${style.dim('step')}  ${name}${command}${writes}${time}${folder}`, width),
      ...step.rules.map(rule => truncate(`      ${style.dim(ruleLine(rule))}`, width)),
    ];
  });
}

function ruleLine({ name, match, next }: PlannedStep['rules'][number]): string {
  const then = next.length === 0 ? '' : ` → ${next.join(', ')}`;
  return printableLine(`if ${name}: ${describeMatch(match)}${then}`);
}

function describeMatch(match: PlannedStep['rules'][number]['match']): string {
  switch (match.kind) {
    case 'lines_over':
      return `more than ${plural(match.lines, 'line')}`;
    case 'lines_under':
      return `less than ${plural(match.lines, 'line')}`;
    case 'exit':
      return `exit code ${match.code}`;
    case 'contains':
      return `contains "${match.text}"`;
    case 'regex':
      return `matches /${match.pattern}/`;
    case 'json':
      return `has ${match.jsonPath}`;
  }
}

function verdict(plan: Plan, { style }: PlanLayout): string {
  const blockers = plan.notes.filter(note => note.severity === 'blocker').length;
  if (blockers > 0) return style.red(`cannot run here: ${plural(blockers, 'blocker')}`);
  return style.green('ready to run; nothing was created or started');
}

function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map(line => `  ${line}`);
}
