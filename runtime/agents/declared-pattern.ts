/** Regular expressions of a declaration: they read what a CLI shows, so none may take forever on it. */
import * as z from 'zod';

// A quantified group that holds a quantifier can take exponential time on the CLI's output; so can a back reference.
const SLOW = /\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)[+*{]|\\[1-9]/;

/** A regular expression, without repeated repetitions and back references. */
export const patternSchema = z
  .string()
  .min(1)
  .max(300)
  .refine(isRegex, 'not a regular expression')
  .refine(
    text => !SLOW.test(text),
    'a repeated group must not hold a repetition, and back references are not allowed',
  );

function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
