/** What a turn costs: the CLI's own figure, else the user's prices, else public list prices, else unknown; never 0 (spec §4). */
import type { Usage } from '../agents/adapter.ts';
import { type PriceTable, priceIn, type TokenPrice } from './price-table.ts';

/** Where a cost comes from. */
export type CostSource = 'cli' | 'prices' | 'list';

/** A cost that is known. */
export interface Cost {
  /** US dollars. */
  readonly usd: number;
  /** `prices`: the user's own table. `list`: public prices, which know nothing of subscriptions and discounts. */
  readonly from: CostSource;
}

/** Who used the tokens. */
export interface CostOwner {
  /** Name of the adapter. */
  readonly adapter: string;
  /** Names of the model, the most exact first; none = nobody knows which it was. */
  readonly models: readonly string[];
}

/** Whose list has the models of a CLI. A CLI that serves many providers names them in the model: `openai/gpt-5`. */
const PROVIDERS: Readonly<Record<string, string>> = {
  claude: 'anthropic',
  codex: 'openai',
  gemini: 'google',
};

const MILLION = 1_000_000;

/** The cost of what was used; undefined = nobody knows. */
export async function costOf(usage: Usage, owner: CostOwner, table: PriceTable): Promise<Cost | undefined> {
  if (usage.costUsd !== undefined) return { usd: usage.costUsd, from: 'cli' };
  const tokens = tokensOf(usage);
  if (tokens === undefined) return undefined;
  const own = priceIn(table, owner.adapter, owner.models);
  if (own !== undefined) return { usd: byPrice(tokens, own), from: 'prices' };
  for (const model of owner.models) {
    const usd = await byList(tokens, owner.adapter, model);
    if (usd !== undefined) return { usd, from: 'list' };
  }
  return undefined;
}

interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** Without both sides of the talk a price would be a wrong number. */
function tokensOf({
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
}: Usage): Tokens | undefined {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return {
    input: inputTokens,
    output: outputTokens,
    cacheRead: cacheReadTokens ?? 0,
    cacheWrite: cacheWriteTokens ?? 0,
  };
}

function byPrice(tokens: Tokens, price: TokenPrice): number {
  const { input, output, cacheRead = input, cacheWrite = input } = price;
  const microUsd =
    tokens.input * input +
    tokens.output * output +
    tokens.cacheRead * cacheRead +
    tokens.cacheWrite * cacheWrite;
  return microUsd / MILLION;
}

/** Prices per request may grow with its size; a turn is many requests, so this is the price without such steps or more. */
async function byList(tokens: Tokens, adapter: string, model: string): Promise<number | undefined> {
  // Half a megabyte of prices, for those who need them.
  const { calcPrice } = await import('@pydantic/genai-prices');
  const slash = model.indexOf('/');
  const providerId = slash < 0 ? PROVIDERS[adapter] : model.slice(0, slash);
  const usage = {
    // There, the input counts all of it.
    input_tokens: tokens.input + tokens.cacheRead + tokens.cacheWrite,
    output_tokens: tokens.output,
    cache_read_tokens: tokens.cacheRead,
    cache_write_tokens: tokens.cacheWrite,
  };
  try {
    const price = calcPrice(usage, model.slice(slash + 1), providerId === undefined ? {} : { providerId });
    return price?.total_price;
  } catch {
    // A usage that the list has no price for.
    return undefined;
  }
}
