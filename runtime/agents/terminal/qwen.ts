/**
 * Qwen Code's live terminal (0.24.4): it writes its events into one file and takes prompts from another. Only the file of its
 * conversation tells of requests that it tries again; an answer is written there half a second after it was told.
 */
import * as z from 'zod';
import { qwenChatFile, qwenHome, readQwenRequest } from '../qwen-requests.ts';
import { callText } from '../transcript.ts';
import { knownUsage, type UsageNote, uncached } from '../usage-notes.ts';
import {
  type AnswerKeys,
  type AskedQuestion,
  askedQuestions,
  dialogKeys,
  type QuestionReply,
} from './asked-questions.ts';
import type { ClaimedState } from './claim.ts';
import {
  type ChannelRecord,
  NOTHING,
  placeFacts,
  type Reading,
  type TerminalCli,
  type TerminalPlace,
  type TerminalSetUp,
  type TurnFact,
  type UseFact,
} from './terminal-cli.ts';

/** Qwen Code in its own terminal. */
export const qwenTerminal: TerminalCli = {
  name: 'qwen',
  setUp,
  readTitle,
  read,
  transcriptChannels: (file, { env }) => [{ kind: 'lines', file: `${qwenHome(env)}/${file}` }],
  keepsLate: true,
  submission: place => ({
    kind: 'file',
    file: placesOf(place).input,
    line: text => `${JSON.stringify({ type: 'submit', text })}\n`,
  }),
  interruptKeys: '\x1b',
  // The first choice is to allow it once.
  consentKeys: { allow: '\r', refuse: '\x1b' },
  answerKeys,
  screen: {
    versions: '0.24.4',
    lines: 20,
    waiting: [
      { pattern: /Enter: (?:Select|Confirm) \| Esc: Cancel/, what: 'question' },
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

/** A digit goes to a choice, a space takes it; the line for words takes the dialog on. */
function severalKeys({ choices }: AskedQuestion, reply: QuestionReply): readonly string[] {
  if (reply.kind === 'words') return [String(choices.length + 1), reply.text, '\r'];
  return [...reply.numbers.flatMap(number => [String(number), ' ']), '\r'];
}

/** Among several questions the Enter key after words counts twice: the next question would be passed over. */
function answerKeys(...[questions, replies]: Parameters<AnswerKeys>): ReturnType<AnswerKeys> {
  const isSeveral = questions.length > 1;
  if (isSeveral && replies.some(({ kind }) => kind === 'words')) return undefined;
  return dialogKeys({ severalKeys, isReviewed: () => isSeveral })(questions, replies);
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
  uuid: z.string().optional(),
  data: z.object({ cwd: z.string().optional() }).optional(),
  parent_tool_use_id: z.string().nullish(),
  message: z
    .object({
      model: z.string().optional(),
      content: z.union([z.string(), contentSchema]),
      usage: z
        .object({
          input_tokens: z.number().optional(),
          output_tokens: z.number().optional(),
          cache_read_input_tokens: z.number().optional(),
          total_tokens: z.number().optional(),
        })
        .optional(),
    })
    .optional(),
  request: z
    .object({ subtype: z.string(), tool_name: z.string().optional(), input: z.unknown().optional() })
    .optional(),
});

type QwenEvent = z.infer<typeof eventSchema>;

function read({ channel, data }: ChannelRecord): Reading {
  if (channel === 'transcript') return readChat(data);
  const parsed = eventSchema.safeParse(data);
  if (channel !== 'lines' || !parsed.success) return NOTHING;
  const event = parsed.data;
  const note = usageNoteOf(event);
  const uses: readonly UseFact[] = note === undefined ? [] : [{ kind: 'used', ...note }];
  // What a sub-agent does is no turn of the conversation.
  if (typeof event.parent_tool_use_id === 'string') return { ...NOTHING, uses };
  const { session_id: id } = event;
  const { state, text, facts } = meaningOf(event);
  return {
    claims: state === undefined ? [] : [{ source: 'events', state, text }],
    facts: [...(id === undefined ? [] : [{ kind: 'conversation', id } as const]), ...facts],
    uses,
  };
}

/** A message of the model in the conversation's file. */
const keptSchema = z.object({
  type: z.literal('assistant'),
  message: z.object({
    parts: z.array(z.object({ text: z.string().optional(), thought: z.boolean().optional() })),
  }),
});

function readChat(data: unknown): Reading {
  const failure = readQwenRequest(data)?.failure;
  if (failure !== undefined) return { ...NOTHING, facts: [{ kind: 'retrying', ...failure }] };
  const message = keptSchema.safeParse(data).data?.message;
  if (message === undefined) return NOTHING;
  const text = message.parts.map(part => (part.thought === true ? '' : (part.text ?? ''))).join('');
  return { ...NOTHING, facts: [{ kind: 'kept', text }] };
}

function chatFileOf({ session_id: id, data }: QwenEvent): string | undefined {
  return id === undefined || data?.cwd === undefined ? undefined : qwenChatFile(data.cwd, id);
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
        ? { state: { kind: 'idle' }, text, facts: placeFacts(undefined, chatFileOf(event)) }
        : { text, facts: [] };
    case 'user':
      return { state: { kind: 'working' }, text, facts: isPrompt(event) ? [{ kind: 'submitted' }] : [] };
    case 'control_request':
      return asked(event, text);
    case 'control_response':
      return { state: { kind: 'working' }, text, facts: [] };
    case 'assistant':
      return said(event);
    default:
      return { text, facts: [] };
  }
}

function asked({ request }: QwenEvent, text: string): Meaning {
  const questions = askedQuestions(request?.input);
  const { tool_name: tool = '', input } = request ?? {};
  const what = tool === 'ask_user_question' ? 'question' : 'permission';
  const call = what === 'permission' ? { call: callText(tool, input) } : {};
  return { state: { kind: 'waiting', what }, text, facts: [{ kind: 'asked', questions, ...call }] };
}

/** A message whose last part is no tool call is the last of its turn. */
function said(event: QwenEvent): Meaning {
  const content = contentOf(event);
  if (content.some(({ type }) => type === 'tool_use')) {
    return { state: { kind: 'working' }, text: 'tool call', facts: [] };
  }
  const text = content.map(part => part.text ?? '').join('');
  const failure = /^\[API Error: (.*)\]\s*$/s.exec(text)?.[1];
  if (failure !== undefined) {
    return { state: { kind: 'error' }, text, facts: [{ kind: 'failure', message: failure }] };
  }
  // Only the last part of a message is counted: a text before a tool call is not, nor one that was broken off.
  if (usageNoteOf(event) === undefined) return { text, facts: [] };
  return { state: { kind: 'done' }, text: 'last message', facts: [{ kind: 'answer', text }] };
}

function isPrompt(event: QwenEvent): boolean {
  return contentOf(event).some(({ type }) => type === 'text');
}

function contentOf({ message }: QwenEvent): z.infer<typeof contentSchema> {
  const content = message?.content ?? [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function usageNoteOf({ uuid: id, message }: QwenEvent): UsageNote | undefined {
  const { model, usage } = message ?? {};
  if (id === undefined || usage?.input_tokens === undefined || !usage.output_tokens) return undefined;
  const { input_tokens: input, output_tokens: outputTokens, cache_read_input_tokens: cached = 0 } = usage;
  return {
    id,
    usage: knownUsage({
      inputTokens: uncached(input, cached),
      outputTokens: Math.max(outputTokens, (usage.total_tokens ?? 0) - input),
      cacheReadTokens: cached,
    }),
    ...(model === undefined ? {} : { model }),
  };
}
