/**
 * The lines of `claude --output-format stream-json`, as far as we read them. Every field is optional and a value of
 * another type counts as absent: a newer claude must not break a run.
 */
import * as z from 'zod';

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
/** Null is how claude writes "none". */
const maybeText = z.string().nullish().catch(undefined);

const contentPart = z
  .object({
    type: text,
    text,
    /** Of a tool call. */
    id: text,
    name: text,
    input: z.record(z.string(), z.unknown()).optional().catch(undefined),
    /** Of a tool result. */
    tool_use_id: text,
    is_error: flag,
    content: z.unknown().optional(),
  })
  .catch({});

/** A part of a message: text, a tool call or a tool's result. */
export type ContentPart = z.infer<typeof contentPart>;

const content = z
  .union([z.string().transform(value => [{ type: 'text', text: value }]), z.array(contentPart)])
  .optional()
  .catch(undefined);

const tokens = z
  .object({
    input_tokens: number,
    output_tokens: number,
    cache_read_input_tokens: number,
    cache_creation_input_tokens: number,
  })
  .optional()
  .catch(undefined);

const modelUsage = z
  .record(
    z.string(),
    z.object({
      inputTokens: number,
      outputTokens: number,
      cacheReadInputTokens: number,
      cacheCreationInputTokens: number,
      costUSD: number,
    }),
  )
  .optional()
  .catch(undefined);

const denials = z
  .array(z.object({ tool_name: text, tool_use_id: text }).catch({}))
  .optional()
  .catch(undefined);

const lineSchema = z.object({
  type: text,
  subtype: text,
  session_id: text,
  parent_tool_use_id: maybeText,
  timestamp: text,
  // system/init
  model: text,
  claude_code_version: text,
  permissionMode: text,
  // system/api_retry
  attempt: number,
  max_retries: number,
  retry_delay_ms: number,
  error_status: z.number().nullish().catch(undefined),
  error: text,
  // system/permission_denied
  tool_name: text,
  tool_use_id: text,
  // assistant and user
  message: z.object({ id: text, model: text, content, usage: tokens }).optional().catch(undefined),
  // rate_limit_event: subscription plans tell their limit and its reset (seconds since 1970)
  rate_limit_info: z
    .object({ status: text, resetsAt: number, rateLimitType: text })
    .optional()
    .catch(undefined),
  // result
  is_error: flag,
  api_error_status: z.number().nullish().catch(undefined),
  api_error_type: text,
  api_error: text,
  terminal_reason: text,
  result: text,
  errors: z.array(z.string()).optional().catch(undefined),
  num_turns: number,
  duration_ms: number,
  total_cost_usd: number,
  usage: tokens,
  model_usage_since_last_result: modelUsage,
  permission_denials: denials,
});

/** One line of the stream. */
export type ClaudeLine = z.infer<typeof lineSchema>;

/** Reads a line; undefined for JSON that is no object. */
export function readClaudeLine(value: unknown): ClaudeLine | undefined {
  const line = lineSchema.safeParse(value);
  return line.success ? line.data : undefined;
}
