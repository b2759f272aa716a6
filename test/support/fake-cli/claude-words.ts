/** What `claude -p --output-format stream-json` says, for a fake CLI that plays claude. Shapes as recorded from 2.1.330. */

const session_id = '11111111-2222-4333-8444-555555555555';

/** The first line of a turn. */
export const started = {
  type: 'system',
  subtype: 'init',
  session_id,
  model: 'claude-fake',
  permissionMode: 'acceptEdits',
  claude_code_version: '2.1.330',
} as const;

/** Claude says something in the middle of a turn. */
export function spoken(text: string): object {
  return { type: 'assistant', session_id, message: { role: 'assistant', content: [{ type: 'text', text }] } };
}

/** The last line of a turn that answers. */
export function answered(result: string, costUsd = 0.01): object {
  return {
    ...ended,
    is_error: false,
    api_error_status: null,
    terminal_reason: 'completed',
    total_cost_usd: costUsd,
    usage: {
      input_tokens: 100,
      output_tokens: 10,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    },
    result,
  };
}

/** The last line of a turn that an API error ended; `status` null = no connection. */
export function apiError(status: number | null, result: string): object {
  return {
    ...ended,
    is_error: true,
    api_error_status: status,
    ...(status === null ? { api_error: 'connection_failed' } : {}),
    terminal_reason: 'api_error',
    total_cost_usd: 0,
    result,
  };
}

/** A subscription plan's limit is reached; `resetsAt` in seconds since 1970. */
export function limitReached(resetsAt: number): object {
  return { type: 'rate_limit_event', session_id, rate_limit_info: { status: 'rejected', resetsAt } };
}

/** Claude retries by itself. */
export function retrying(attempt: number, status: number, delayMs: number): object {
  return {
    type: 'system',
    subtype: 'api_retry',
    session_id,
    attempt,
    max_retries: 2,
    retry_delay_ms: delayMs,
    error_status: status,
    error: 'rate_limit',
  };
}

const ended = { type: 'result', subtype: 'success', session_id, num_turns: 1, duration_ms: 10 } as const;
