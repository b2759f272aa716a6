/** What codex says of use: in the output of a headless turn, and in the file of a conversation. */
import * as z from 'zod';
import type { Usage } from './adapter.ts';
import { fields, number, text } from './tolerant.ts';
import { knownUsage, type UsageNote, uncached } from './usage-notes.ts';

/** Codex's figures; its input counts what came from and went to a cache, too. */
export const codexTokens = fields({
  input_tokens: number,
  cached_input_tokens: number,
  cache_write_input_tokens: number,
  output_tokens: number,
});

/** Codex's figures as ours. */
export function codexUsage(tokens: NonNullable<z.infer<typeof codexTokens>>): Usage {
  const { input_tokens: input, cached_input_tokens: read, cache_write_input_tokens: written } = tokens;
  return knownUsage({
    inputTokens: uncached(input, (read ?? 0) + (written ?? 0)),
    outputTokens: tokens.output_tokens,
    cacheReadTokens: read,
    cacheWriteTokens: written,
  });
}

const lineSchema = z.object({
  timestamp: text,
  type: text,
  payload: fields({
    type: text,
    model: text,
    error: fields({ message: text }),
    info: fields({ total_token_usage: codexTokens, last_token_usage: codexTokens }),
  }),
});

/** What a line of a conversation's file tells. */
export interface RolloutLine {
  /** The model of the requests that follow. */
  readonly model?: string;
  readonly note?: UsageNote;
  /** Why the turn failed that ends here. */
  readonly failure?: string;
}

/**
 * Reads a line of a conversation's file (`rollout-….jsonl`). After each request codex notes what that took and what all
 * have taken so far, and the same again when something else has changed: the sum names the request.
 */
export function readRolloutLine(value: unknown): RolloutLine {
  const line = lineSchema.safeParse(value).data;
  if (line?.type === 'turn_context' && line.payload?.model !== undefined)
    return { model: line.payload.model };
  const failure = line?.payload?.type === 'task_complete' ? line.payload.error?.message : undefined;
  if (failure !== undefined) return { failure };
  const { total_token_usage: total, last_token_usage: last } = line?.payload?.info ?? {};
  if (line?.payload?.type !== 'token_count' || total === undefined || last === undefined) return {};
  const { timestamp: at } = line;
  const note = { id: JSON.stringify(total), usage: codexUsage(last) };
  return { note: at === undefined ? note : { ...note, at } };
}
