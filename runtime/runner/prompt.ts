/** The text of one turn: placeholders filled in (spec §5.2), the preamble before it (spec §5.1). */
import { expandTemplate, type Placeholder, parseTemplate, splitAnswers } from '../analysis/placeholders.ts';
import { buildPreamble, type EarlierAnswer, misfitText, type PreambleFacts } from './preamble.ts';

/** What a prompt may refer to. */
export interface PromptValues {
  readonly task?: string;
  readonly name: string;
  readonly phase: string;
  readonly worker: string;
  readonly run: string;
  /** From `--var name=value`. */
  readonly vars: Readonly<Record<string, string>>;
  /** Answers of all phases that have ended. */
  readonly answers: readonly EarlierAnswer[];
}

/** How an adapter wants its prompts (see `AgentAdapter`). */
export interface PromptStyle {
  readonly isShellPrompt: boolean;
  readonly hasPreamble: boolean;
  readonly canResume: boolean;
  readonly platform: NodeJS.Platform;
}

/** The texts of a turn. */
export interface TurnText {
  /** For the CLI. */
  readonly prompt: string;
  /** The preamble by itself: what `$NIIA_CONTEXT` names a file of, for scripts (spec §4 `shell`). */
  readonly context: string;
}

/** Builds the texts of a turn from the worker's prompt template. */
export function buildTurnText(
  template: string,
  values: PromptValues,
  facts: PreambleFacts,
  style: PromptStyle,
): TurnText {
  const context = buildPreamble(facts);
  const prompt = expandPrompt(template, values, style);
  const misfit = facts.input.kind === 'misfit' ? misfitText(facts.input.errors) : undefined;
  if (style.isShellPrompt) return { prompt, context: joined(context, misfit) };
  // A conversation that goes on knows everything but the misfit.
  if (misfit !== undefined && style.canResume) return { prompt: misfit, context };
  return { prompt: joined(style.hasPreamble ? context : undefined, prompt, misfit), context };
}

/**
 * Fills in the placeholders of a prompt. Unknown ones stay as they are. In a script every value goes in quoted for its
 * shell, so that an answer can never become a command.
 */
export function expandPrompt(
  template: string,
  values: PromptValues,
  style: Pick<PromptStyle, 'isShellPrompt' | 'platform'>,
): string {
  const parts = parseTemplate(template, { isShell: style.isShellPrompt });
  const quote = style.isShellPrompt ? (style.platform === 'win32' ? quotePowerShell : quoteSh) : undefined;
  return expandTemplate(parts, placeholder => {
    const value = lookUp(placeholder, values);
    return value === undefined || quote === undefined ? value : quote(value);
  });
}

/** The value of a placeholder (spec §5.2); undefined if it has none. */
export function lookUp(placeholder: Placeholder, values: PromptValues): string | undefined {
  if (placeholder.kind === 'answers') return answersText(placeholder.reference, values.answers);
  switch (placeholder.name) {
    case 'task':
      return values.task;
    case 'name':
    case 'phase':
    case 'worker':
    case 'run':
      return values[placeholder.name];
    default:
      return Object.hasOwn(values.vars, placeholder.name) ? values.vars[placeholder.name] : undefined;
  }
}

/** One answer as it is; several with a heading each. */
function answersText(reference: string, answers: readonly EarlierAnswer[]): string | undefined {
  const wanted = splitAnswers(reference, new Set(answers.map(answer => answer.phase)));
  if (wanted === undefined) return undefined;
  const found = answers.filter(
    ({ phase, worker }) =>
      phase === wanted.phase && (wanted.worker === undefined || worker === wanted.worker),
  );
  if (found.length <= 1) return found[0]?.text;
  return found.map(answer => `## ${answer.worker}\n\n${answer.text.trim()}`).join('\n\n');
}

/** A text as one word of a POSIX shell script. NUL cannot stand in a script and is left out. */
export function quoteSh(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;
}

/** A text as one literal of a PowerShell script, which takes typographic quotes for quotes too. */
export function quotePowerShell(text: string): string {
  return `'${text.replaceAll('\0', '').replace(/['‘’‚‛]/g, '$&$&')}'`;
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter(part => part !== undefined && part !== '').join('\n\n');
}
