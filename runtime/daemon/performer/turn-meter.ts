/** What a turn uses and costs, told while it runs: a limit of costs must not wait for the end of a long turn. */
import type { Usage } from '../../agents/adapter.ts';
import { costOf } from '../../cost/cost-of.ts';
import type { PriceTable } from '../../cost/price-table.ts';
import type { EventData, RunEvent, RunEventOf } from '../../engine/events.ts';

/** The turn that is measured. */
export interface MeteredTurn {
  readonly worker: string;
  readonly attempt: number;
  readonly turn: number;
  readonly alias?: string;
  readonly label: string;
  readonly adapter: string;
  /** Model of the route; absent = the CLI's own choice. */
  readonly model?: string;
}

/** What a meter works with. */
export interface MeterServices {
  readonly prices: PriceTable;
  /** What the run has told so far: a turn that is taken over is told from its start again. */
  readonly events: readonly RunEvent[];
  readonly report: (event: { readonly kind: 'usage' } & EventData<'usage'>) => void;
}

type Tokens = 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens';
const TOKENS: readonly Tokens[] = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'];

/** Tells what is new of what a turn has used, in the order it is called in. */
export class TurnMeter {
  readonly #turn: MeteredTurn;
  readonly #services: MeterServices;
  /** As the CLI tells it. */
  #model: string | undefined;
  #told: Usage;
  #hasTold: boolean;
  #queue: Promise<void> = Promise.resolve();

  constructor(turn: MeteredTurn, services: MeterServices) {
    this.#turn = turn;
    this.#services = services;
    const before = usageEventsOf(services.events, turn);
    this.#told = sumOfUsage(before);
    this.#hasTold = before.length > 0;
  }

  /** The CLI says which model it uses. */
  setModel(model: string): void {
    this.#model = model;
  }

  /** The turn has used this much so far; what is new of it by `model`, where the CLI says so. */
  report(usage: Usage, model?: string): void {
    this.#queue = this.#queue.then(() => this.#tell(usage, false, model));
  }

  /** The turn has ended, with this use in all; undefined = its CLI does not say, so its cost is unknown. */
  async end(usage: Usage | undefined): Promise<void> {
    this.#queue = this.#queue.then(() => this.#tell(usage ?? this.#told, true));
    await this.#queue;
  }

  async #tell(total: Usage, isLast: boolean, model = this.#model): Promise<void> {
    const tokens = newTokens(total, this.#told);
    const isNew = Object.values(tokens).some(count => count > 0);
    const isOwed = total.costUsd !== undefined && total.costUsd !== this.#told.costUsd;
    if (!isNew && !(isLast && (isOwed || !this.#hasTold))) return;
    const cost = await this.#costOf(total, tokens, model);
    const { adapter: _adapter, model: _model, ...turn } = this.#turn;
    this.#services.report({ kind: 'usage', ...turn, ...tokens, ...cost });
    this.#told = sumOfUsage([this.#told, { ...tokens, ...cost }]);
    this.#hasTold = true;
  }

  async #costOf(
    total: Usage,
    tokens: Usage,
    told: string | undefined,
  ): Promise<Pick<EventData<'usage'>, 'costUsd' | 'costFrom'>> {
    if (total.costUsd !== undefined) {
      // What was told before may have been by list prices, and too much: then the rest is for nothing.
      return { costUsd: Math.max(0, total.costUsd - (this.#told.costUsd ?? 0)), costFrom: 'cli' };
    }
    const { adapter, model: chosen } = this.#turn;
    const models = [told, chosen].filter(model => model !== undefined);
    const cost = await costOf(tokens, { adapter, models }, this.#services.prices);
    return cost === undefined ? {} : { costUsd: cost.usd, costFrom: cost.from };
  }
}

/** The reports of one turn's use, oldest first. */
export function usageEventsOf(
  events: readonly RunEvent[],
  { worker, attempt, turn }: Pick<MeteredTurn, 'worker' | 'attempt' | 'turn'>,
): readonly RunEventOf<'usage'>[] {
  return events
    .filter(event => event.kind === 'usage')
    .filter(event => event.worker === worker && event.attempt === attempt && event.turn === turn);
}

/** The sum of uses; what none of them says stays unknown. */
export function sumOfUsage(uses: readonly { readonly [K in keyof Usage]?: Usage[K] | undefined }[]): Usage {
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = {};
  for (const key of [...TOKENS, 'costUsd'] as const) {
    for (const use of uses) if (use[key] !== undefined) sum[key] = (sum[key] ?? 0) + use[key];
  }
  return sum;
}

function newTokens(total: Usage, told: Usage): Partial<Record<Tokens, number>> {
  const tokens: Partial<Record<Tokens, number>> = {};
  for (const key of TOKENS) {
    const value = total[key];
    if (value !== undefined) tokens[key] = Math.max(0, value - (told[key] ?? 0));
  }
  return tokens;
}
