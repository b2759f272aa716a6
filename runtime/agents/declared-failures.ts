/** `agents.NAME.failures` of the configuration: what the words of a declared CLI say of why it failed. */
import * as z from 'zod';
import type { FailureReason } from './adapter.ts';
import { patternSchema } from './declared-pattern.ts';

/** Classes of failures that a pattern can name (spec §4, §10). */
const kind = z.enum([
  'auth',
  'rate_limited',
  'quota',
  'overloaded',
  'network',
  'bad_model',
  'context_full',
  'permission_denied',
]);

/** Patterns and what they mean; the first that fits counts. */
export const declaredFailuresSchema = z
  .array(z.object({ match: patternSchema, kind }).strict().readonly())
  .max(50)
  .readonly();

/** Patterns and what they mean. */
export type DeclaredFailures = z.infer<typeof declaredFailuresSchema>;

/** Why a CLI with these words failed; undefined where no pattern fits. */
export function declaredReason(failures: DeclaredFailures, words: string): FailureReason | undefined {
  const found = failures.find(({ match }) => new RegExp(match, 'im').test(words));
  return found && reasonOf(found.kind);
}

function reasonOf(kind: DeclaredFailures[number]['kind']): FailureReason {
  switch (kind) {
    case 'bad_model':
    case 'context_full':
    case 'permission_denied':
      return { kind };
    default:
      return { kind: 'unavailable', what: kind };
  }
}
