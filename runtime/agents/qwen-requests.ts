/** What qwen notes of its requests to the model, in the file of a conversation. */
import * as z from 'zod';
import type { FailureHint } from './failure-classes.ts';
import { number, text } from './tolerant.ts';

const lineSchema = z.object({
  subtype: z.literal('ui_telemetry'),
  systemPayload: z.object({
    uiEvent: z.object({ 'event.name': z.string(), error_message: text, status_code: number }),
  }),
});

/** A request that is over. */
export interface QwenRequest {
  /** Why it failed; qwen may try again. Absent = it was answered. */
  readonly failure?: FailureHint;
}

/** Reads a line of a conversation's file; undefined where it is about no request. */
export function readQwenRequest(value: unknown): QwenRequest | undefined {
  const event = lineSchema.safeParse(value).data?.systemPayload.uiEvent;
  if (event?.['event.name'] === 'qwen-code.api_response') return {};
  if (event?.['event.name'] !== 'qwen-code.api_error') return undefined;
  return { failure: { message: event.error_message ?? 'a failed request', status: event.status_code } };
}

/** Where qwen keeps conversations and logs, by its environment. */
export function qwenHome(env: Readonly<Record<string, string>>): string {
  return env.QWEN_RUNTIME_DIR ?? env.QWEN_HOME ?? `${env.HOME ?? ''}/.qwen`;
}

/** The file of a conversation, from there. */
export function qwenChatFile(cwd: string, conversation: string): string {
  return `projects/${cwd.replace(/[^a-zA-Z0-9]/g, '-')}/chats/${conversation}.jsonl`;
}
