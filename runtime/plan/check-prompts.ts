import { adapterOf } from '../agents/registry.ts';
import { parseTemplate, placeholdersOf, splitAnswers } from '../analysis/placeholders.ts';
import type { PlanNote } from './plan.ts';
import {
  groupBy,
  nameWorkers,
  type PhasePair,
  type PlanContext,
  quoteAll,
  readFact,
  type WorkerPair,
} from './plan-context.ts';
import { hasOwnPrompt } from './plan-prompt.ts';
import { unknownPlaceholders, variablesBehind } from './template.ts';

/** Prompts of all workers together: the plan is one document that travels and is stored. */
const MAX_PROMPT_CHARACTERS = 64_000_000;

/** Names of the phases in which a worker has neither a prompt nor a task (spec §2 `task`): the user is asked for one. */
export function phasesThatNeedTask(phases: readonly PhasePair[], context: PlanContext): readonly string[] {
  if (context.task !== undefined || context.workflow.interactive !== undefined) return [];
  const needsTask = ({ source }: WorkerPair) => source.model !== undefined && !hasOwnPrompt(source);
  return phases
    .filter(({ source, workers }) => source.kind === 'workers' && workers.some(needsTask))
    .map(({ source }) => source.name);
}

/** Whether every worker has something to do, and its text can be read (spec §2 `task`, §5 `prompt_file`, §5.2). */
export function checkPrompts(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  const workers = phases.flatMap(phase => phase.workers);
  return [
    ...missingTask(phases, context),
    ...missingFiles(workers, context),
    ...unresolved(workers, context),
    ...tooLarge(workers),
  ];
}

function missingTask(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  const needing = phasesThatNeedTask(phases, context);
  if (needing.length === 0) return [];
  const path = phases.find(({ source }) => source.name === needing[0])?.source.path;
  const subject =
    needing.length === 1 ? `phase ${quoteAll(needing)} has` : `phases ${quoteAll(needing)} have`;
  const message = `${subject} no prompt and the file has no task: give one with --task "…"`;
  return [{ severity: 'blocker', code: 'no-prompt', message, ...(path ? { path } : {}), exitCode: 2 }];
}

function missingFiles(workers: readonly WorkerPair[], { facts }: PlanContext): readonly PlanNote[] {
  const files = groupBy(
    workers.filter(({ source }) => source.model !== undefined && source.promptFile !== undefined),
    ({ source }) => source.promptFile ?? '',
  );
  return files.flatMap(([file, group]): readonly PlanNote[] => {
    const fact = readFact(facts, file);
    if ('problem' in fact) {
      const message = `the prompt file "${file}" of ${nameWorkers(group.map(pair => pair.planned))} cannot be read: ${fact.problem}`;
      return [{ severity: 'blocker', code: 'prompt-file', message, ...pathOf(group), exitCode: 2 }];
    }
    if (fact.text.trim() !== '') return [];
    return [
      {
        severity: 'warning',
        code: 'empty-prompt',
        message: `the prompt file "${file}" is empty`,
        ...pathOf(group),
      },
    ];
  });
}

/** In prompts and roles, what has no value stays as it is written; worth a word, as it may be a typing error. */
function unresolved(workers: readonly WorkerPair[], context: PlanContext): readonly PlanNote[] {
  const found = workers
    .map(pair => ({ pair, names: unknownIn(pair, context) }))
    .filter(({ names }) => names.length > 0);
  return groupBy(found, ({ names }) => quoteAll(names)).map(([names, group]) => ({
    severity: 'warning',
    code: 'unknown-placeholder',
    variables: variablesBehind(group[0]?.names ?? []),
    message: `${names} has no value and stays as it is in the prompt of ${nameWorkers(group.map(({ pair }) => pair.planned))}: give one with --var name=value`,
    ...pathOf(group.map(({ pair }) => pair)),
  }));
}

function unknownIn({ planned, chain, values }: WorkerPair, context: PlanContext): readonly string[] {
  const [first] = chain.entries;
  const isShell = first !== undefined && adapterOf(first)?.isShellPrompt === true;
  // Braces are everyday text in scripts, and one without a value is left alone there (spec §4 `shell`).
  const prompt = isShell ? [] : unknownPlaceholders(planned.prompt ?? '', values);
  const phases = new Set(context.workflow.phases.map(phase => phase.name));
  const answers = [planned.prompt ?? '', planned.role ?? ''].flatMap(text => unknownAnswers(text, phases));
  return [...new Set([...prompt, ...unknownPlaceholders(planned.role ?? '', values), ...answers])];
}

function unknownAnswers(text: string, phases: ReadonlySet<string>): readonly string[] {
  return placeholdersOf(parseTemplate(text)).flatMap(part =>
    part.kind === 'answers' && splitAnswers(part.reference, phases) === undefined ? part.source : [],
  );
}

function tooLarge(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const characters = workers.reduce((sum, { planned }) => sum + (planned.prompt?.length ?? 0), 0);
  if (characters <= MAX_PROMPT_CHARACTERS) return [];
  const message = `the prompts of all workers together are ${Math.round(characters / 1e6)} MB, more than ${MAX_PROMPT_CHARACTERS / 1e6} MB: let the prompt name a file to read instead`;
  return [{ severity: 'blocker', code: 'prompts-too-large', message, exitCode: 2 }];
}

function pathOf([first]: readonly WorkerPair[]): Pick<PlanNote, 'path'> {
  const path = first?.source.prompt?.path ?? first?.source.path;
  return path === undefined ? {} : { path };
}
