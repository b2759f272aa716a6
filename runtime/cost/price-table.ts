/** The user's own prices (configuration `prices`): for models no list knows, for contracts, for machines of one's own. */
import * as z from 'zod';

const perMillion = z.number().nonnegative();

/** US dollars per million tokens. */
export const tokenPriceSchema = z
  .strictObject({
    input: perMillion,
    output: perMillion,
    /** Default: like `input`. */
    cacheRead: perMillion.optional(),
    /** Default: like `input`. */
    cacheWrite: perMillion.optional(),
  })
  .readonly();

/** What a model's tokens cost, in US dollars per million. */
export type TokenPrice = z.infer<typeof tokenPriceSchema>;

/** Prices by `<cli>/<model>`, `<model>` or `<cli>` (whatever its model), the most exact first. */
export const priceTableSchema = z.record(z.string().min(1), tokenPriceSchema).readonly();

/** Prices by name. */
export type PriceTable = z.infer<typeof priceTableSchema>;

/** The user's price for a model of a CLI, by any of its names; undefined if the table has none. */
export function priceIn(
  table: PriceTable,
  adapter: string,
  models: readonly string[],
): TokenPrice | undefined {
  const names = [...models.map(model => `${adapter}/${model}`), ...models, adapter];
  const name = names.find(each => Object.hasOwn(table, each));
  return name === undefined ? undefined : table[name];
}
