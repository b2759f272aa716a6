/** What pi's messages tell, in its output and to its extensions. */
import * as z from 'zod';
import type { Usage } from './adapter.ts';
import type { FailureHint } from './failure-classes.ts';
import { fields, number } from './tolerant.ts';
import { knownUsage } from './usage-notes.ts';

/** What one message used, as pi writes it. */
export const piUsageSchema = fields({
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite: number,
  cost: fields({ total: number }),
});

/** The same as ours; undefined where it is not told. */
export function piUsage(usage: z.infer<typeof piUsageSchema>): Usage | undefined {
  if (usage === undefined) return undefined;
  const total = usage.cost?.total;
  return knownUsage({
    inputTokens: usage.input,
    outputTokens: usage.output,
    cacheReadTokens: usage.cacheRead,
    cacheWriteTokens: usage.cacheWrite,
    // A model without prices costs "0", which is no price but an unknown one.
    costUsd: total === 0 && (usage.output ?? 0) > 0 ? undefined : total,
  });
}

const bodySchema = z.object({ message: z.string().min(1) });

/** A failure in pi's words: with the provider's status before them, and its answer as JSON (from 0.74 on) or as text. */
export function piFailure(errorMessage: string): FailureHint {
  const [, status, body = ''] = /^([45]\d\d):? (.+)$/s.exec(errorMessage) ?? [];
  if (status === undefined) return { message: errorMessage };
  return { message: `${status} ${wordsOf(body)}`, status: Number(status) };
}

function wordsOf(body: string): string {
  try {
    return bodySchema.safeParse(JSON.parse(body)).data?.message ?? body;
  } catch {
    return body;
  }
}
