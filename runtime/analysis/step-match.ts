/** The `match` of a step's rule (spec §5.3): text → what to look for. */
import { err, ok, type Result } from '../result.ts';
import type { StepMatch } from '../spec/workflow.ts';
import { anyOf, quote } from './wording.ts';

/** What can stand before the colon. */
export const matchKinds = ['lines_over', 'lines_under', 'exit', 'contains', 'regex', 'json'] as const;

/** Reads a `match`; the failure is a message that says how to mend it. */
export function parseMatch(text: string): Result<StepMatch, string> {
  const colon = text.indexOf(':');
  const kind = matchKinds.find(name => name === text.slice(0, Math.max(colon, 0)));
  if (kind === undefined) return err(`A match starts with ${anyOf(matchKinds.map(name => `${name}:`))}.`);
  const value = text.slice(colon + 1);
  if (value === '') return err(`Something must follow ${quote(`${kind}:`)}.`);
  switch (kind) {
    case 'lines_over':
    case 'lines_under':
      return isNumber(value)
        ? ok({ kind, lines: Number(value) })
        : err(`${kind} needs a whole number, but has ${quote(value)}.`);
    case 'exit':
      return isNumber(value) && Number(value) <= maxExitCode
        ? ok({ kind, code: Number(value) })
        : err(`exit needs an exit code, but has ${quote(value)}.`);
    case 'contains':
      return ok({ kind, text: value });
    case 'regex':
      return parseRegex(value);
    case 'json':
      return ok({ kind, jsonPath: value });
  }
}

/** Windows exit codes have 32 bits. */
const maxExitCode = 0xffff_ffff;

function isNumber(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

function parseRegex(pattern: string): Result<StepMatch, string> {
  try {
    new RegExp(pattern, 'm');
    return ok({ kind: 'regex', pattern });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err(`This is no regular expression: ${quote(why.replace(/^Invalid regular expression: /, ''))}.`);
  }
}
