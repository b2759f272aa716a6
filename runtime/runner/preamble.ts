/**
 * What a worker is told before its prompt (spec §5.1): facts about where it stands. No orchestration goes in here.
 */
import type { TurnInput } from '../engine/commands.ts';

/** An answer that the worker builds on. */
export interface EarlierAnswer {
  readonly phase: string;
  readonly worker: string;
  readonly text: string;
  /** Absolute path of the answer's file. */
  readonly file: string;
}

/** What a step before the worker had to say (spec §5.3). */
export interface StepSuggestion {
  readonly step: string;
  readonly suggestions: readonly string[];
  /** Absolute path of the step's output. */
  readonly outputFile?: string;
}

/** Everything the preamble is made of. */
export interface PreambleFacts {
  readonly workflow: string;
  readonly phase: string;
  readonly worker: string;
  /** 1-based place among `of` workers of the phase. */
  readonly index: number;
  readonly of: number;
  readonly task?: string;
  /** Role of a participant or agent. */
  readonly role?: string;
  /** Absolute path of the run's scratchpad. */
  readonly scratchpad?: string;
  /** Answers of the phases this one builds on, in order. */
  readonly answers: readonly EarlierAnswer[];
  readonly steps: readonly StepSuggestion[];
  /** Text of `agent.flow` (spec §7). */
  readonly flow?: string;
  /** JSON Schema that the answer must fit (spec §5 `output`). */
  readonly outputSchema?: unknown;
  readonly input: TurnInput;
  /** For a takeover: why the model before ended, and the last that was seen of it. */
  readonly before?: { readonly message: string; readonly tail?: string } | undefined;
}

/** Longest answer that stands in the preamble itself, in UTF-8 bytes; longer ones are named by their path. */
export const MAX_INLINE_ANSWER_BYTES = 4096;

/** The preamble, without a trailing line end. */
export function buildPreamble(facts: PreambleFacts): string {
  const sections = [
    place(facts),
    facts.role === undefined ? undefined : `Your role: ${facts.role}`,
    facts.task === undefined ? undefined : titled('The task of the whole workflow:', facts.task),
    facts.scratchpad === undefined
      ? undefined
      : `Scratchpad, a directory shared by all workers of this run: ${facts.scratchpad}`,
    answersSection(facts.answers),
    stepsSection(facts.steps),
    facts.flow === undefined ? undefined : titled('Instructions for every agent:', facts.flow),
    schemaSection(facts.outputSchema),
    takeoverText(facts),
  ];
  return sections.filter(section => section !== undefined).join('\n\n');
}

/** What a worker is told whose answer did not fit the `output` schema (spec §5 `output`). */
export function misfitText(errors: string): string {
  return [
    'Your last answer does not fit the required JSON Schema:',
    errors,
    'Answer again with the corrected JSON only: no other text, no code fence.',
  ].join('\n\n');
}

function place({ worker, index, of, phase, workflow }: PreambleFacts): string {
  const name = worker === String(index) ? '' : ` ("${worker}")`;
  return `You are worker ${index} of ${of}${name} in phase "${phase}" of the workflow "${workflow}".`;
}

function titled(title: string, text: string): string {
  return `${title}\n${text.trim()}`;
}

function answersSection(answers: readonly EarlierAnswer[]): string | undefined {
  if (answers.length === 0) return undefined;
  const parts = answers.map(answer => {
    const title = `### ${answer.phase} / ${answer.worker}`;
    const bytes = Buffer.byteLength(answer.text);
    if (bytes <= MAX_INLINE_ANSWER_BYTES) return `${title}\n${answer.text.trim()}`;
    return `${title}\nLong (${Math.ceil(bytes / 1024)} KB): read it in ${answer.file}`;
  });
  return ['Answers of the phases before yours:', ...parts].join('\n\n');
}

function stepsSection(steps: readonly StepSuggestion[]): string | undefined {
  const lines = steps.flatMap(({ step, suggestions, outputFile }) => {
    const where = outputFile === undefined ? '' : ` (output: ${outputFile})`;
    return suggestions.map(text => `- ${step}: ${text}${where}`);
  });
  return lines.length === 0 ? undefined : ['What the steps before you suggest:', ...lines].join('\n');
}

function schemaSection(schema: unknown): string | undefined {
  if (schema === undefined) return undefined;
  const text = JSON.stringify(schema, null, 2);
  return `Your final answer must be JSON only (no other text, no code fence) that fits this JSON Schema:\n${text}`;
}

function takeoverText({ input, before }: PreambleFacts): string | undefined {
  if (input.kind !== 'takeover') return undefined;
  const why = before === undefined ? '' : ` (${before.message})`;
  const text =
    `You take this over from another model (${input.from}) that became unavailable${why}. What it did so far is in the ` +
    'working directory: look at it (for example with `git status` and `git diff`) and go on from there.';
  const tail = before?.tail?.trim() ?? '';
  return tail === '' ? text : titled(`${text}\n\nThe last that was seen of it:`, tail);
}
