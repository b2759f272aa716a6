import type { TurnRequest, Usage } from './adapter.ts';
import type { ClaudeLine } from './claude-lines.ts';
import { knownUsage, type UsageNote } from './usage-notes.ts';

/**
 * What this turn used. Claude's `usage` and `model_usage_since_last_result` are the turn's own, but `total_cost_usd` is
 * the whole conversation's: in versions without the former the cost is the difference to what was spent before, and
 * unknown where that is.
 */
export function usageOf(results: readonly ClaudeLine[], request: TurnRequest): Usage | undefined {
  const last = results.at(-1);
  if (last === undefined) return undefined;
  const parts = [
    ['inputTokens', sumOf(results, line => line.usage?.input_tokens)],
    ['outputTokens', sumOf(results, line => line.usage?.output_tokens)],
    ['cacheReadTokens', sumOf(results, line => line.usage?.cache_read_input_tokens)],
    ['cacheWriteTokens', sumOf(results, line => line.usage?.cache_creation_input_tokens)],
    ['costUsd', ownCost(results) ?? costDifference(last.total_cost_usd, request)],
  ] as const;
  const known = parts.filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** Cost by what claude says it used since the result before. */
function ownCost(results: readonly ClaudeLine[]): number | undefined {
  return sumOf(results, line => {
    const models = line.model_usage_since_last_result;
    return models === undefined ? undefined : (sumOf(Object.values(models), model => model.costUSD) ?? 0);
  });
}

function costDifference(
  total: number | undefined,
  { conversation, spentBefore }: TurnRequest,
): number | undefined {
  if (total === undefined || conversation?.isNew !== false) return total;
  const before = spentBefore?.costUsd;
  if (before === undefined) return undefined;
  // A conversation that is resumed after another one ran in the same folder starts at 0 again.
  return total >= before ? total - before : total;
}

/** Undefined as soon as one value is unknown: a partial sum would be a wrong number. */
function sumOf<T>(items: readonly T[], pick: (item: T) => number | undefined): number | undefined {
  let sum = 0;
  for (const item of items) {
    const value = pick(item);
    if (value === undefined) return undefined;
    sum += value;
  }
  return items.length === 0 ? undefined : sum;
}

/** What a message took. Every part of a message comes with the figures of all of it. */
export function usageNoteOf({ message, timestamp: at }: ClaudeLine): UsageNote | undefined {
  const { id, model, usage } = message ?? {};
  // Claude's own words, such as those about an error, are no model's.
  if (id === undefined || usage === undefined || model === '<synthetic>') return undefined;
  return {
    id,
    usage: knownUsage({
      inputTokens: usage.input_tokens,
      outputTokens: usage.output_tokens,
      cacheReadTokens: usage.cache_read_input_tokens,
      cacheWriteTokens: usage.cache_creation_input_tokens,
    }),
    ...(model === undefined ? {} : { model }),
    ...(at === undefined ? {} : { at }),
  };
}
