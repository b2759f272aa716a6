/** What a turn tells its model, and where the CLI finds it: prompt, preamble and the files they stand in (spec §5.1). */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentAdapter } from '../agents/adapter.ts';
import { scriptExtension } from '../agents/shell.ts';
import type { Command, TurnInput } from '../engine/commands.ts';
import type { PerformContext } from '../engine/performer.ts';
import type { PlannedPhase, PlannedWorker } from '../plan/plan.ts';
import type { EarlierAnswer, PreambleFacts } from '../runner/preamble.ts';
import { buildTurnText, type PromptValues } from '../runner/prompt.ts';
import { readAnswers } from './answers.ts';
import { conversationOf } from './conversation.ts';
import { writeWhole } from './run-dir.ts';
import { type RunServices, type WorkerCase, workerCase } from './run-services.ts';

/** The texts of one turn and the files that hold them. */
export interface TurnTexts {
  readonly prompt: string;
  readonly promptFile: string;
  /** File of the preamble by itself: `$NIIA_CONTEXT`. */
  readonly contextFile: string;
  /** Folder for files that the adapter wants its CLI to read. */
  readonly filesDir: string;
  /** For other texts of the worker: arguments, environment. */
  readonly values: PromptValues;
}

/** Writes the texts of a turn. The same turn gives the same texts, so doing it again after a crash changes nothing. */
export async function writeTurnTexts(
  services: RunServices,
  command: Extract<Command, { readonly kind: 'turn' }>,
  context: PerformContext,
  adapter: AgentAdapter,
  session: string,
): Promise<TurnTexts> {
  const one = workerCase(context.plan, context.currentState(), command.worker);
  const values = await promptValues(services, context, one);
  const facts = preambleFacts(services, one, values, command.input);
  const style = {
    isShellPrompt: adapter.isShellPrompt,
    hasPreamble: adapter.hasPreamble,
    canResume: conversationOf(services.run, command, adapter, services.events())?.isNew === false,
    platform: process.platform,
  };
  const { prompt, context: preamble } = buildTurnText(promptOf(one, context), values, facts, style);
  const ending = adapter.isShellPrompt ? scriptExtension(process.platform) : '.md';
  const promptFile = join(services.dir.prompts, `${session}${ending}`);
  const contextFile = join(services.dir.prompts, `${session}.context.md`);
  await writeWhole(promptFile, prompt);
  await writeWhole(contextFile, preamble);
  await chmod(promptFile, 0o600);
  const filesDir = join(services.dir.prompts, `${session}.files`);
  return { prompt, promptFile, contextFile, filesDir, values };
}

/** What placeholders of a worker's texts stand for (spec §5.2). */
export async function promptValues(
  services: RunServices,
  context: PerformContext,
  { planned, phase }: WorkerCase,
): Promise<PromptValues> {
  const { plan } = context;
  return {
    ...(plan.task === undefined ? {} : { task: plan.task }),
    name: plan.name,
    phase: phase.name,
    worker: planned.id,
    run: services.run,
    vars: plan.vars,
    answers: await readAnswers(
      services.dir,
      plan,
      context.currentState(),
      namesAnswers(planned, phase) ? 'all' : neededBy(phase),
    ),
  };
}

/** A phase that names no prompt works on the task itself (spec §2 `task`). */
function promptOf({ planned }: WorkerCase, { plan }: PerformContext): string {
  return planned.prompt ?? plan.task ?? '';
}

function preambleFacts(
  services: RunServices,
  { planned, phase, worker }: WorkerCase,
  values: PromptValues,
  input: TurnInput,
): PreambleFacts {
  const { plan, dir } = services;
  return {
    workflow: plan.name,
    phase: phase.name,
    worker: planned.id,
    index: planned.index,
    of: planned.of,
    ...(plan.task === undefined ? {} : { task: plan.task }),
    ...(planned.role === undefined ? {} : { role: planned.role }),
    ...(plan.scratchpad ? { scratchpad: dir.scratchpad } : {}),
    answers: builtOn(phase, values.answers),
    steps: worker.work.steps.map(({ step, suggestions, outputFile }) => ({
      step,
      suggestions,
      outputFile: join(dir.root, outputFile),
    })),
    ...(plan.flow === undefined ? {} : { flow: plan.flow }),
    ...(phase.output === undefined ? {} : { outputSchema: phase.output }),
    input,
    ...(input.kind === 'takeover' ? { before: lastWords(services, worker) } : {}),
  };
}

/** What the turn before said at its end; it is in the journal, so the same turn finds the same. */
function lastWords(services: RunServices, { key, attempt }: WorkerCase['worker']): PreambleFacts['before'] {
  const ended = services
    .events()
    .findLast(event => event.kind === 'turn-ended' && event.worker === key && event.attempt === attempt);
  if (ended?.kind !== 'turn-ended' || ended.outcome.kind !== 'failed') return undefined;
  const { message, tail } = ended.outcome;
  return tail === undefined ? { message } : { message, tail };
}

/** Answers of the phases that this one needs, in this run or an earlier one. */
function builtOn(phase: PlannedPhase, answers: readonly EarlierAnswer[]): readonly EarlierAnswer[] {
  const needed = neededBy(phase);
  return answers.filter(answer => needed.has(answer.phase));
}

function neededBy(phase: PlannedPhase): ReadonlySet<string> {
  return new Set([...phase.needs, ...(phase.earlier ?? [])]);
}

const naming = new WeakMap<object, boolean>();

/** Whether a text of a worker or of its phase's steps names answers: only then those of all phases are read. */
function namesAnswers(planned: PlannedWorker, phase: PlannedPhase): boolean {
  return isNaming(planned, [planned.prompt, planned.routes, planned.env]) || isNaming(phase, phase.steps);
}

/** Looked at once: a phase may have a thousand steps, each of which asks. */
function isNaming(owner: object, texts: unknown): boolean {
  const known = naming.get(owner) ?? JSON.stringify(texts).includes('{answers.');
  naming.set(owner, known);
  return known;
}
