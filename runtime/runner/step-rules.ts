/** What a step's output means: its rules of `output` (spec §5.3), applied to how it ended and what it printed. */
import { createContext, runInContext } from 'node:vm';
import type { PlannedStep } from '../plan/plan.ts';

/** How a step ended and what it printed. */
export interface StepEnd {
  /** Null if a signal ended it. */
  readonly code: number | null;
  /** Plain text: no escape sequences, LF line ends. */
  readonly output: string;
}

/** What the rules of a step say. */
export interface StepReading {
  readonly lines: number;
  /** Names of the rules that match, in the order of the file. */
  readonly matched: readonly string[];
  /** `next` texts that name no step: for the user and the model. Without repetition. */
  readonly suggestions: readonly string[];
  /** Steps that run next, in order, without repetition. */
  readonly next: readonly string[];
  /** Non-zero exit without a matching `exit:` rule fails the step. */
  readonly isFailure: boolean;
  /** Rules that could not be decided, for people. */
  readonly notes: readonly string[];
}

type Rule = PlannedStep['rules'][number];
type Match = Rule['match'];

/** Applies the rules. `stepNames` are the steps of the phase: a `next` that is one of them runs, others are words. */
export function readStep(rules: readonly Rule[], end: StepEnd, stepNames: ReadonlySet<string>): StepReading {
  const lines = countLines(end.output);
  const notes: string[] = [];
  const matching = rules.filter(rule => matches(rule, end, lines, notes));
  const next = [...new Set(matching.flatMap(rule => rule.next))];
  const isExpected =
    end.code === 0 || matching.some(rule => rule.match.kind === 'exit' && rule.match.code === end.code);
  return {
    lines,
    matched: matching.map(rule => rule.name),
    suggestions: next.filter(text => !stepNames.has(text)),
    next: next.filter(text => stepNames.has(text)),
    isFailure: !isExpected,
    notes,
  };
}

/** Lines of a text; a last line without line end counts, an empty text has none. */
export function countLines(text: string): number {
  if (text === '') return 0;
  let count = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function matches(rule: Rule, end: StepEnd, lines: number, notes: string[]): boolean {
  const { match } = rule;
  switch (match.kind) {
    case 'lines_over':
      return lines > match.lines;
    case 'lines_under':
      return lines < match.lines;
    case 'exit':
      return end.code === match.code;
    case 'contains':
      return end.output.includes(match.text);
    case 'regex':
      return matchesRegex(rule.name, match, end.output, notes);
    case 'json':
      return matchesJson(match.jsonPath, end.output);
  }
}

/** A pattern that backtracks for longer than this counts as not matching. */
const REGEX_TIMEOUT_MS = 250;
/** Only the newest output is searched: 1 M characters. */
const REGEX_MAX_INPUT = 1024 * 1024;

function matchesRegex(
  name: string,
  { pattern }: Extract<Match, { kind: 'regex' }>,
  output: string,
  notes: string[],
): boolean {
  let expression: RegExp;
  try {
    // `m`: `^` and `$` mean lines, as in grep.
    expression = new RegExp(pattern, 'm');
  } catch (error) {
    notes.push(`rule "${name}": ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
  const context = createContext({ expression, text: output.slice(-REGEX_MAX_INPUT) });
  try {
    // The vm is here for its timeout only, which stops a backtracking regex.
    return runInContext('expression.test(text)', context, { timeout: REGEX_TIMEOUT_MS }) === true;
  } catch {
    notes.push(`rule "${name}": its pattern takes longer than ${REGEX_TIMEOUT_MS} ms; taken as no match`);
    return false;
  }
}

/** The output is JSON, and what stands at the path is there and neither null, false, "" nor empty. */
function matchesJson(path: string, output: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    return false;
  }
  for (const key of pathKeys(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
    // Checked above: an object that has this key.
    value = (value as Record<string, unknown>)[key];
  }
  return isSomething(value);
}

/** `$.a.b[0]`, `a.b.0` and `$['a']` alike. */
function pathKeys(path: string): readonly string[] {
  const keys = path.replace(/^\$/, '').matchAll(/\[(?:'([^']*)'|"([^"]*)"|(\d+))\]|([^.[\]]+)/g);
  return [...keys].map(([, single, double, index, name]) => single ?? double ?? index ?? name ?? '');
}

function isSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
