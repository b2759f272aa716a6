/** What a CLI notes of its use while a conversation goes on: by message, as it comes. */
import type { Usage } from './adapter.ts';
import { addUsage } from './usage-sum.ts';

/** The use of one message or request. */
export interface UsageNote {
  /** Names the message: a later note of the same one takes the place of the earlier. */
  readonly id: string;
  readonly usage: Usage;
  /** The model that was used, as the CLI names it. */
  readonly model?: string;
  /** ISO time; absent = the CLI notes none. */
  readonly at?: string;
}

/** The sum of what was noted, each message once. */
export class NotedUsage {
  readonly #messages = new Map<string, Usage>();

  /** Takes a note in; returns the sum. */
  add({ id, usage }: UsageNote): Usage {
    this.#messages.set(id, usage);
    return [...this.#messages.values()].reduce((sum, one) => addUsage(sum, one));
  }
}

/** A use of the figures that are known. */
export function knownUsage(figures: { readonly [Key in keyof Usage]: Usage[Key] | undefined }): Usage {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

/** Input without what came from a cache, where a CLI counts both in one. */
export function uncached(input: number | undefined, cached: number | undefined): number | undefined {
  return input === undefined ? undefined : Math.max(0, input - (cached ?? 0));
}
