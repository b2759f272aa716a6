/** GitHub Copilot CLI's live terminal (1.0.102): its conversation's events in a file of its own, and OSC 9;4 while it works. */
import * as z from 'zod';
import { callText } from '../transcript.ts';
import { knownUsage } from '../usage-notes.ts';
import type { AskedQuestion, QuestionReply } from './asked-questions.ts';
import type { ClaimedState } from './claim.ts';
import { CopilotDialogs } from './copilot-dialogs.ts';
import {
  type ChannelRecord,
  NOTHING,
  type Reading,
  type StartDialog,
  type TerminalCli,
  type TerminalPlace,
  type TerminalSetUp,
  type TurnFact,
  type UseFact,
} from './terminal-cli.ts';

/** GitHub Copilot CLI in its own terminal. */
export const copilotTerminal: TerminalCli = {
  name: 'copilot',
  setUp,
  // It shows what the conversation is about, not what it does.
  readTitle: () => undefined,
  showsProgress: true,
  read,
  createReader,
  submission: () => ({ kind: 'paste' }),
  startDialog,
  // Esc twice, as the Kitty protocol writes it: two bytes at once would be no key.
  interruptKeys: '\x1b[27u\x1b[27u',
  consentKeys: { allow: '1', refuse: '\x1b' },
  answerKeys,
  screen: {
    versions: '1.0.102',
    lines: 20,
    waiting: [
      { pattern: /Copilot needs information\./, what: 'question' },
      { pattern: /enter to select · esc to cancel/, what: 'permission' },
    ],
    working: [/^ \S (?:Working|Waiting for) .*esc esc/m, /^ \S Loading: /m],
    idle: [/· \/ commands · \? help ·/],
  },
};

function setUp({ env, platform, conversation }: TerminalPlace): TerminalSetUp {
  const user = (platform === 'win32' ? env.USERPROFILE : env.HOME) ?? '';
  const file = `${env.COPILOT_HOME ?? `${user}/.copilot`}/session-state/${conversation ?? ''}/events.jsonl`;
  return {
    args: [],
    // Of the terminals to which it tells its progress, the one for which it does nothing else.
    env: { ConEmuANSI: 'ON' },
    files: [],
    channels: conversation === undefined ? [] : [{ kind: 'lines', file }],
  };
}

/** No flag answers this, and `COPILOT_ALLOW_ALL`, which does, allows everything. "Yes" holds for this process alone. */
function startDialog({ cwd }: TerminalPlace): StartDialog {
  const text = [
    'Confirm folder trust',
    cwd,
    'Copilot can read files in this folder and, with your permission, edit them or run code and shell commands. It will remember your permissions for the rest of this session.',
    'Do you trust the files in this folder?',
    '❯ 1. Yes',
    '2. Yes, and remember this folder for future sessions',
    '3. No (Esc)',
  ].join('\n');
  return { text, keys: '1' };
}

const eventSchema = z.object({
  type: z.string(),
  timestamp: z.string().optional(),
  /** Of a sub-agent. */
  agentId: z.string().nullish(),
  data: z.object({
    sessionId: z.string().optional(),
    requestId: z.string().optional(),
    toolCallId: z.string().optional(),
    content: z.string().optional(),
    toolRequests: z.array(z.unknown()).optional(),
    chunkIndex: z.number().optional(),
    chunkCount: z.number().optional(),
    toolName: z.string().optional(),
    arguments: z.unknown().optional(),
    resolvedByHook: z.boolean().optional(),
    permissionRequest: z.unknown().optional(),
    message: z.string().optional(),
    errorType: z.string().optional(),
    statusCode: z.number().optional(),
    usage: z.unknown().optional(),
  }),
});

type CopilotEvent = z.infer<typeof eventSchema>;
type Data = CopilotEvent['data'];

interface Meaning {
  readonly state?: ClaimedState;
  readonly facts?: readonly TurnFact[];
  readonly uses?: readonly UseFact[];
}

const WORKING: Meaning = { state: { kind: 'working' } };

function eventOf({ channel, data }: ChannelRecord): CopilotEvent | undefined {
  return channel === 'lines' ? eventSchema.safeParse(data).data : undefined;
}

function createReader(): (record: ChannelRecord) => Reading {
  const dialogs = new CopilotDialogs();
  return record => {
    const event = eventOf(record);
    return event === undefined ? NOTHING : dialogs.take(event, readEvent(event));
  };
}

function read(record: ChannelRecord): Reading {
  const event = eventOf(record);
  return event === undefined ? NOTHING : readEvent(event);
}

function readEvent(event: CopilotEvent): Reading {
  const { state, facts = [], uses = [] } = meaningOf(event);
  const text = event.data.toolName === undefined ? event.type : `${event.type} ${event.data.toolName}`;
  return { claims: state === undefined ? [] : [{ source: 'events', state, text }], facts, uses };
}

function meaningOf({ type, data, agentId, timestamp }: CopilotEvent): Meaning {
  // What a sub-agent says is no end of a turn.
  const isMain = typeof agentId !== 'string';
  switch (type) {
    case 'session.start':
      return data.sessionId === undefined ? {} : { facts: [{ kind: 'conversation', id: data.sessionId }] };
    case 'user.message':
      return isMain ? { ...WORKING, facts: [{ kind: 'submitted' }] } : {};
    case 'assistant.turn_start':
    case 'permission.completed':
    case 'tool.execution_complete':
      return WORKING;
    case 'tool.execution_start':
      return data.toolName === 'ask_user' ? asked(data.arguments) : WORKING;
    case 'permission.requested':
      return data.resolvedByHook === true ? {} : consent(data.permissionRequest);
    case 'assistant.message':
      return isMain ? said(data) : {};
    case 'abort':
      return { state: { kind: 'idle' } };
    case 'session.error':
      return isMain ? failed(data) : {};
    case 'session.usage_record':
      return { uses: usesOf(data.usage, timestamp) };
    default:
      return {};
  }
}

/** A message that calls no tools is the last of its turn. One with reasoning in it comes in pieces. */
function said({ content = '', toolRequests = [], chunkIndex = 0, chunkCount = 1 }: Data): Meaning {
  if (toolRequests.length > 0 || chunkIndex < chunkCount - 1) return WORKING;
  return { state: { kind: 'done' }, facts: [{ kind: 'answer', text: content }] };
}

function failed({ message, errorType, statusCode: status }: Data): Meaning {
  const words = message ?? errorType ?? 'an error without words';
  const failure = { kind: 'failure', message: words, ...(status === undefined ? {} : { status }) } as const;
  return { state: { kind: 'error' }, facts: [failure] };
}

const usageSchema = z.object({
  model: z.string().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  cacheReadTokens: z.number().optional(),
  cacheWriteTokens: z.number().optional(),
  accounting: z.object({ sourceSessionId: z.string(), sequence: z.number() }),
});

/** What came from and went to the cache is in the input, too. */
function usesOf(data: unknown, at: string | undefined): readonly UseFact[] {
  const usage = usageSchema.safeParse(data).data;
  if (usage === undefined) return [];
  const { inputTokens: input, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
  const { model, accounting } = usage;
  const note = {
    id: `${accounting.sourceSessionId} ${accounting.sequence}`,
    usage: knownUsage({
      inputTokens: input && Math.max(0, input - cacheReadTokens - cacheWriteTokens),
      ...{ outputTokens, cacheReadTokens, cacheWriteTokens },
    }),
    ...(model === undefined ? {} : { model }),
    ...(at === undefined ? {} : { at }),
  };
  return [{ kind: 'used', ...note }];
}

const requestSchema = z.object({
  kind: z.string(),
  fullCommandText: z.string().optional(),
  fileName: z.string().optional(),
  path: z.string().optional(),
  url: z.string().optional(),
  toolName: z.string().optional(),
  args: z.unknown().optional(),
});

/** A command, a file or an address by itself, any other tool by its name. */
function consent(request: unknown): Meaning {
  const asked = requestSchema.catch({ kind: 'permission' }).parse(request);
  const { fullCommandText, fileName, path, url, args } = asked;
  const subject = fullCommandText ?? fileName ?? path ?? url ?? args;
  const call = callText(asked.toolName ?? asked.kind, subject);
  return { state: { kind: 'waiting', what: 'permission' }, facts: [{ kind: 'asked', questions: [], call }] };
}

const described = { title: z.string().optional(), description: z.string().optional() };

/** Fields whose keys are known: nothing is taken beforehand, choices are called what they are. */
const fieldSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('string'),
    ...described,
    enum: z.array(z.string()).default([]),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
  }),
  z.strictObject({
    type: z.literal('array'),
    ...described,
    items: z.strictObject({ type: z.literal('string'), enum: z.array(z.string()).min(1) }),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
    uniqueItems: z.boolean().optional(),
  }),
]);

const formSchema = z.object({
  message: z.string(),
  requestedSchema: z.object({ properties: z.record(z.string(), z.unknown()) }),
});

/** A form; one of lines and choices can be answered from here. */
function asked(toolInput: unknown): Meaning {
  const form = formSchema.safeParse(toolInput).data;
  const fields = Object.entries(form?.requestedSchema.properties ?? {});
  const known = fields.flatMap(([name, value]) => fieldQuestion(name, value) ?? []);
  const questions = known.length === fields.length ? introduced(known, form?.message ?? '') : [];
  return { state: { kind: 'waiting', what: 'question' }, facts: [{ kind: 'asked', questions }] };
}

function fieldQuestion(name: string, value: unknown): AskedQuestion | undefined {
  const field = fieldSchema.safeParse(value).data;
  if (field === undefined) return undefined;
  const isMultiple = field.type === 'array';
  return { text: field.title ?? name, choices: isMultiple ? field.items.enum : field.enum, isMultiple };
}

/** The words of the form stand above its first field; they are the question where that is the only one. */
function introduced(questions: readonly AskedQuestion[], message: string): readonly AskedQuestion[] {
  const [first, ...others] = questions;
  if (first === undefined) return [];
  return [{ ...first, text: others.length === 0 ? message : `${message} ${first.text}` }, ...others];
}

const DOWN = '\x1b[B';

/** Its choices have no numbers; the last one is a line of one's own, and the only one where there are no choices. */
function answerKeys(
  questions: readonly AskedQuestion[],
  replies: readonly QuestionReply[],
): readonly string[] | undefined {
  const keys = questions.map((question, index) => {
    const reply = replies[index];
    return reply && fieldKeys(question, reply);
  });
  const known = keys.filter(own => own !== undefined);
  return known.length === keys.length ? known.flat() : undefined;
}

/** Every answer takes the form to its next field, the last one sends it. */
function fieldKeys({ choices, isMultiple }: AskedQuestion, reply: QuestionReply): readonly string[] {
  if (reply.kind === 'words') return [...choices.map(() => DOWN), reply.text, '\r'];
  const numbers = [...reply.numbers].sort((one, other) => one - other);
  const moves = numbers.map((number, index) => Array<string>(number - (numbers[index - 1] ?? 1)).fill(DOWN));
  return [...moves.flatMap(keys => (isMultiple ? [...keys, ' '] : keys)), '\r'];
}
