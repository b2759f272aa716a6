import type { Usage } from './adapter.ts';

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
