/** Arithmetic of usage: turns are sums of parts, or differences of what a CLI counts over a whole conversation. */
import type { TurnRequest, Usage } from './adapter.ts';

const KEYS = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'costUsd'] as const;

/** The sum of what parts of a turn used. What is unknown of one part is unknown of the sum: a part of it would be wrong. */
export function addUsage(sum: Usage | undefined, part: Usage): Usage {
  if (sum === undefined) return part;
  const known = KEYS.flatMap(key => {
    const [before, own] = [sum[key], part[key]];
    return before === undefined || own === undefined ? [] : [[key, before + own] as const];
  });
  return Object.fromEntries(known);
}

/**
 * What a turn used, by the figures of its whole conversation. Of a conversation whose earlier use is unknown nothing can
 * be said.
 */
export function usageSince(total: Usage, { conversation, spentBefore }: TurnRequest): Usage | undefined {
  if (conversation?.isNew !== false) return total;
  if (spentBefore === undefined) return undefined;
  const own = KEYS.flatMap(key => {
    const now = total[key];
    return now === undefined ? [] : [[key, Math.max(0, now - (spentBefore[key] ?? 0))] as const];
  });
  return Object.fromEntries(own);
}
