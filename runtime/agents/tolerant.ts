/**
 * Fields of a CLI's output lines: each is optional, and a value of another type counts as absent. A newer version of a
 * CLI must not break a run.
 */
import * as z from 'zod';

/** A text. */
export const text = z.string().optional().catch(undefined);
/** A number. */
export const number = z.number().optional().catch(undefined);
/** A flag. */
export const flag = z.boolean().optional().catch(undefined);
/** An object with any content. */
export const record = z.record(z.string(), z.unknown()).optional().catch(undefined);

/** An object with these fields; anything else counts as absent. */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.object(shape).optional().catch(undefined);
}
