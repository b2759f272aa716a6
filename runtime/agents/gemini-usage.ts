/** What gemini says of use: in the output of a headless turn, and in the file of a conversation. */
import * as z from 'zod';
import type { AgentEvent, Usage } from './adapter.ts';
import { fields, number, text } from './tolerant.ts';
import { knownUsage, type UsageNote, uncached } from './usage-notes.ts';
import { addUsage } from './usage-sum.ts';

const figures = {
  input_tokens: number,
  output_tokens: number,
  total_tokens: number,
  cached: number,
  input: number,
};

type GeminiFigures = Omit<NonNullable<z.infer<typeof geminiStats>>, 'models'>;

/** Figures at the end of a headless turn: of all models together, and of each. */
export const geminiStats = fields({
  ...figures,
  models: z.record(z.string(), fields(figures)).optional().catch(undefined),
});

/** The process's own figures: a turn is one process. What the model thought is in no other number than the total. */
export function geminiUsage(stats: GeminiFigures | undefined): Usage | undefined {
  if (stats === undefined) return undefined;
  const { input_tokens: input, output_tokens: output, total_tokens: total, cached } = stats;
  return knownUsage({
    inputTokens: stats.input ?? uncached(input, cached),
    outputTokens:
      output === undefined || input === undefined ? output : Math.max(output, (total ?? 0) - input),
    cacheReadTokens: cached,
  });
}

/** What each model used, told as it adds up: what is new at each step was used by its model. */
export function geminiUsageByModel(stats: z.infer<typeof geminiStats>): readonly AgentEvent[] {
  let sum: Usage | undefined;
  return Object.entries(stats?.models ?? {}).flatMap(([model, own]) => {
    const usage = geminiUsage(own);
    if (usage === undefined) return [];
    sum = addUsage(sum, usage);
    return [{ kind: 'usage', usage: sum, model } as const];
  });
}

const messageSchema = z.object({
  id: z.string(),
  type: z.literal('gemini'),
  timestamp: text,
  model: text,
  tokens: z.object({ input: number, output: number, cached: number, thoughts: number }),
});

/** What a message of a conversation's file took. It is written again when its tool calls have ended. */
export function readGeminiMessage(value: unknown): UsageNote | undefined {
  const message = messageSchema.safeParse(value).data;
  if (message === undefined) return undefined;
  const { id, timestamp: at, model, tokens } = message;
  const { input, output, cached, thoughts } = tokens;
  return {
    id,
    usage: knownUsage({
      inputTokens: uncached(input, cached),
      outputTokens: output === undefined ? undefined : output + (thoughts ?? 0),
      cacheReadTokens: cached,
    }),
    ...(model === undefined ? {} : { model }),
    ...(at === undefined ? {} : { at }),
  };
}
