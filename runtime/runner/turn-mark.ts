import * as z from 'zod';
import { noted } from './noted.ts';

/** What a terminal had told before a turn's prompt. */
const markSchema = z.object({
  /** Number of facts. */
  facts: z.number(),
  /** Number of uses. */
  uses: z.number(),
  /** Milliseconds since 1970: a conversation that is gone on with in another terminal tells its earlier uses, too. */
  at: z.number(),
});

/** Where a turn begins in what its terminal tells. */
export type TurnMark = z.infer<typeof markSchema>;

/**
 * Where the turn begins. Noted in `file` under the turn's own `key`, so that a daemon that is started again knows whether
 * its prompt was taken.
 */
export async function turnMark(file: string, key: string, now: TurnMark): Promise<TurnMark> {
  return await noted(file, markSchema.extend({ key: z.literal(key) }), () => ({ key, ...now }));
}
