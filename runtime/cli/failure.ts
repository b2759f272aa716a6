/** Failures as a person at the shell sees them: what is wrong, and what to do about it. */
import { exitCodes } from './exit-codes.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** Why a verb could not do its work. */
export interface CliFailure {
  /** What is wrong: one sentence, the user's own text in quotes, no full stop. */
  readonly message: string;
  /** What to do: a line each. */
  readonly advice: readonly string[];
  readonly exitCode: number;
}

/** A failure of the kind "this cannot be done here": exit 1. */
export function failed(message: string, ...advice: readonly string[]): CliFailure {
  return { message, advice, exitCode: exitCodes.failed };
}

/** A failure of the kind "this command line or file makes no sense": exit 2. */
export function misused(message: string, ...advice: readonly string[]): CliFailure {
  return { message, advice, exitCode: exitCodes.usage };
}

/** `niia: what is wrong`, and indented below it what to do. Ends with a newline. */
export function renderFailure(failure: CliFailure, style: Style): string {
  const [first = '', ...more] = printable(failure.message).split('\n');
  const lines = [
    `${style.red('niia:')} ${style.bold(first)}`,
    ...[...more, ...failure.advice.map(printable)].map(indent),
  ];
  return `${lines.join('\n')}\n`;
}

function indent(text: string): string {
  return `  ${text.replaceAll('\n', '\n  ')}`;
}
