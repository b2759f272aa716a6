/** What opencode says of use and failures: the same in the output of `opencode run` and in the events of its server. */
import type { Usage } from './adapter.ts';
import { fields, number, record, text } from './tolerant.ts';
import { knownUsage } from './usage-notes.ts';

/** Tokens of a message or of a step of it. */
export const opencodeTokens = fields({
  input: number,
  output: number,
  reasoning: number,
  cache: fields({ read: number, write: number }),
});

/** Why a request failed. */
export const opencodeError = fields({
  name: text,
  data: fields({ message: text, statusCode: number, responseHeaders: record }),
});

/** The figures as use; undefined where there are none. */
export function opencodeUsage(
  tokens: ReturnType<(typeof opencodeTokens)['parse']>,
  cost: number | undefined,
): Usage | undefined {
  const output = tokens?.output === undefined ? undefined : tokens.output + (tokens.reasoning ?? 0);
  const usage = knownUsage({
    inputTokens: tokens?.input,
    outputTokens: output,
    cacheReadTokens: tokens?.cache?.read,
    cacheWriteTokens: tokens?.cache?.write,
    // A model without prices costs "0", which is no price but an unknown one.
    costUsd: cost === 0 ? undefined : cost,
  });
  return Object.keys(usage).length === 0 ? undefined : usage;
}

/** The failure's words, with the time that the provider named, and the provider's status. */
export function opencodeFailure(error: ReturnType<(typeof opencodeError)['parse']>): {
  readonly message: string;
  readonly status: number | undefined;
} {
  const message = error?.data?.message ?? error?.name ?? 'an error without words';
  const wait = error?.data?.responseHeaders?.['retry-after'];
  const told = typeof wait === 'string' && /^\d+$/.test(wait) ? `${message} (retry-after: ${wait})` : message;
  return { message: told, status: error?.data?.statusCode };
}
