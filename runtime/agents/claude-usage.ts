import type { TurnRequest, Usage } from './adapter.ts';
import type { ClaudeLine } from './claude-lines.ts';

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

/** What the messages of a turn have used so far. Every part of a message comes with the figures of all of it. */
export class MessageSpending {
  readonly #messages = new Map<string, NonNullable<ClaudeLine['usage']>>();

  /** Takes a message in; returns the sum, or undefined for one that does not say what it used. */
  add(message: ClaudeLine['message']): Usage | undefined {
    if (message?.id === undefined || message.usage === undefined) return undefined;
    this.#messages.set(message.id, message.usage);
    const all = [...this.#messages.values()];
    const sum = (pick: (usage: (typeof all)[number]) => number | undefined): number =>
      all.reduce((total, usage) => total + (pick(usage) ?? 0), 0);
    return {
      inputTokens: sum(usage => usage.input_tokens),
      outputTokens: sum(usage => usage.output_tokens),
      cacheReadTokens: sum(usage => usage.cache_read_input_tokens),
      cacheWriteTokens: sum(usage => usage.cache_creation_input_tokens),
    };
  }
}
