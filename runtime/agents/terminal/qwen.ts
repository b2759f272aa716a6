/** Qwen Code's live terminal (0.24.4): it writes its events into one file and takes prompts from another. */
import * as z from 'zod';
import type { ClaimedState } from './claim.ts';
import {
  type ChannelRecord,
  NOTHING,
  type Reading,
  type TerminalCli,
  type TerminalPlace,
  type TerminalSetUp,
  type TurnFact,
} from './terminal-cli.ts';

/** Qwen Code in its own terminal. */
export const qwenTerminal: TerminalCli = {
  name: 'qwen',
  setUp,
  readTitle,
  read,
  submission: place => ({
    kind: 'file',
    file: placesOf(place).input,
    line: text => `${JSON.stringify({ type: 'submit', text })}\n`,
  }),
  interruptKeys: '\x1b',
  // The first choice is to allow it once.
  consentKeys: { allow: '\r', refuse: '\x1b' },
  screen: {
    versions: '0.24.4',
    lines: 20,
    waiting: [
      { pattern: /Waiting for user confirmation|Allow execution of|Apply this change\?/, what: 'permission' },
    ],
    working: [/esc to cancel/],
    // The composer: after an interrupt it holds the prompt again.
    idle: [/^─{20,}\n[*>] /m],
  },
};

function placesOf({ folder }: TerminalPlace): { readonly events: string; readonly input: string } {
  return { events: `${folder}/events.jsonl`, input: `${folder}/input.jsonl` };
}

function setUp(place: TerminalPlace): TerminalSetUp {
  const { events, input } = placesOf(place);
  return {
    args: ['--json-file', events, '--input-file', input],
    env: {},
    files: [
      { path: events, text: '' },
      { path: input, text: '' },
    ],
    channels: [{ kind: 'lines', file: events }],
  };
}

/** The signs may be followed by a variation selector. */
function readTitle(title: string): ClaimedState | undefined {
  if (/^[◐◑◒◓]/u.test(title)) return { kind: 'working' };
  if (/^✳/u.test(title)) return { kind: 'waiting', what: 'permission' };
  return /^Qwen - /.test(title) ? { kind: 'idle' } : undefined;
}

const contentSchema = z.array(z.object({ type: z.string(), text: z.string().optional() }));

const eventSchema = z.object({
  type: z.string(),
  subtype: z.string().optional(),
  session_id: z.string().optional(),
  parent_tool_use_id: z.string().nullish(),
  message: z
    .object({
      content: z.union([z.string(), contentSchema]),
      usage: z
        .object({
          input_tokens: z.number().optional(),
          output_tokens: z.number().optional(),
          cache_read_input_tokens: z.number().optional(),
        })
        .optional(),
    })
    .optional(),
  request: z.object({ subtype: z.string(), tool_name: z.string().optional() }).optional(),
});

type QwenEvent = z.infer<typeof eventSchema>;

function read({ channel, data }: ChannelRecord): Reading {
  const parsed = eventSchema.safeParse(data);
  if (channel !== 'lines' || !parsed.success) return NOTHING;
  const event = parsed.data;
  // What a sub-agent does is no turn of the conversation.
  if (typeof event.parent_tool_use_id === 'string') return NOTHING;
  const { session_id: id } = event;
  const { state, text, facts } = meaningOf(event);
  return {
    claims: state === undefined ? [] : [{ source: 'events', state, text }],
    facts: [...(id === undefined ? [] : [{ kind: 'conversation', id } as const]), ...facts],
  };
}

interface Meaning {
  readonly state?: ClaimedState;
  readonly text: string;
  readonly facts: readonly TurnFact[];
}

function meaningOf(event: QwenEvent): Meaning {
  const text = event.subtype ?? event.request?.tool_name ?? event.type;
  switch (event.type) {
    case 'system':
      return event.subtype === 'session_start'
        ? { state: { kind: 'idle' }, text, facts: [] }
        : { text, facts: [] };
    case 'user':
      return { state: { kind: 'working' }, text, facts: isPrompt(event) ? [{ kind: 'submitted' }] : [] };
    case 'control_request':
      return { state: { kind: 'waiting', what: 'permission' }, text, facts: [] };
    case 'control_response':
      return { state: { kind: 'working' }, text, facts: [] };
    case 'assistant':
      return said(event);
    default:
      return { text, facts: [] };
  }
}

/** A message whose last part is no tool call is the last of its turn. */
function said(event: QwenEvent): Meaning {
  const content = contentOf(event);
  const usage = usageOf(event);
  if (content.some(({ type }) => type === 'tool_use')) {
    return { state: { kind: 'working' }, text: 'tool call', facts: usage };
  }
  const text = content.map(part => part.text ?? '').join('');
  const failure = /^\[API Error: (.*)\]\s*$/s.exec(text)?.[1];
  if (failure !== undefined) {
    return { state: { kind: 'error' }, text, facts: [{ kind: 'failure', message: failure }] };
  }
  // Only the last part of a message is counted: a text before a tool call is not, nor one that was broken off.
  if (usage.length === 0) return { text, facts: [] };
  return { state: { kind: 'done' }, text: 'last message', facts: [...usage, { kind: 'answer', text }] };
}

function isPrompt(event: QwenEvent): boolean {
  return contentOf(event).some(({ type }) => type === 'text');
}

function contentOf({ message }: QwenEvent): z.infer<typeof contentSchema> {
  const content = message?.content ?? [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function usageOf({ message }: QwenEvent): readonly TurnFact[] {
  const usage = message?.usage;
  if (usage?.input_tokens === undefined || !usage.output_tokens) return [];
  const cacheReadTokens = usage.cache_read_input_tokens ?? 0;
  const inputTokens = Math.max(0, usage.input_tokens - cacheReadTokens);
  return [{ kind: 'usage', usage: { inputTokens, outputTokens: usage.output_tokens, cacheReadTokens } }];
}
