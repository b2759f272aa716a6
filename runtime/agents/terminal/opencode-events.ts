/** What opencode's own server (1.18.33) tells, as far as it says anything of turns. */
import * as z from 'zod';
import { opencodeError, opencodeTokens } from '../opencode-words.ts';
import { fields, flag, number, text } from '../tolerant.ts';

const sessionSchema = z.object({ id: z.string(), parentID: text });

const messageSchema = z.object({
  id: z.string(),
  sessionID: z.string(),
  /** An assistant's: id of the prompt. */
  parentID: text,
  role: z.enum(['user', 'assistant']),
  /** Milliseconds since 1970. */
  time: z.object({ created: z.number(), completed: number }),
  modelID: text,
  /** Of a user's: which one is asked. */
  model: fields({ providerID: z.string(), modelID: z.string() }),
  /** Why the model stopped; absent while it speaks, and after an error. */
  finish: text,
  /** An assistant's that takes the place of the conversation so far. */
  summary: flag,
  error: opencodeError,
  cost: number,
  tokens: opencodeTokens,
});

/** A text of the model, once it is whole. */
const textPartSchema = z.object({
  type: z.literal('text'),
  id: z.string(),
  messageID: z.string(),
  text: z.string(),
  time: z.object({ end: z.number() }),
});

const statusSchema = z.object({
  type: z.enum(['busy', 'idle', 'retry']),
  attempt: number,
  message: text,
});

const permissionSchema = z.object({
  id: z.string(),
  /** Kind of tool, or the tool of an MCP server. */
  permission: z.string(),
  metadata: fields({ command: text, filepath: text, url: text }),
  patterns: z.array(z.string()).catch([]),
});

const questionSchema = z.object({
  id: z.string(),
  questions: z.array(
    z.object({
      question: z.string(),
      options: z.array(z.object({ label: z.string() })).default([]),
      multiple: flag,
    }),
  ),
});

const answeredSchema = z.object({ requestID: z.string() });

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session.created'), properties: z.object({ info: sessionSchema }) }),
  z.object({ type: z.literal('message.updated'), properties: z.object({ info: messageSchema }) }),
  z.object({ type: z.literal('message.part.updated'), properties: z.object({ part: textPartSchema }) }),
  z.object({
    type: z.literal('session.status'),
    properties: z.object({ sessionID: z.string(), status: statusSchema }),
  }),
  z.object({
    type: z.literal('session.error'),
    properties: z.object({ sessionID: text, error: opencodeError }),
  }),
  z.object({ type: z.literal('permission.asked'), properties: permissionSchema }),
  z.object({ type: z.literal('permission.replied'), properties: answeredSchema }),
  z.object({ type: z.literal('question.asked'), properties: questionSchema }),
  z.object({ type: z.literal('question.replied'), properties: answeredSchema }),
  z.object({ type: z.literal('question.rejected'), properties: answeredSchema }),
]);

/** A list, without what is not known of it; empty where it is none. */
function listOf<Item extends z.ZodType>(item: Item) {
  const known = z.array(item.nullable().catch(null)).catch([]).default([]);
  return known.transform(items => items.filter(one => one !== null));
}

/** The state of things on a connection. */
const statedSchema = z.object({
  type: z.literal('stated').default('stated'),
  /** When it was asked for. */
  at: z.number(),
  asked: z.object({
    children: listOf(sessionSchema),
    messages: listOf(z.object({ info: messageSchema, parts: listOf(textPartSchema) })),
    permissions: listOf(permissionSchema),
    questions: listOf(questionSchema),
    /** Of sessions that do something. */
    statuses: z.record(z.string(), statusSchema).catch({}).default({}),
  }),
});

/** Something that it told: an event, or on a new connection the state of things. */
export type OpencodeEvent = z.infer<typeof eventSchema> | z.infer<typeof statedSchema>;
/** A message of a conversation. */
export type OpencodeMessage = z.infer<typeof messageSchema>;
/** A whole text of the model. */
export type OpencodeText = z.infer<typeof textPartSchema>;
/** What a session does. */
export type OpencodeStatus = z.infer<typeof statusSchema>;
/** A call that is to be allowed. */
export type OpencodePermission = z.infer<typeof permissionSchema>;
/** Questions of the model. */
export type OpencodeQuestions = z.infer<typeof questionSchema>;

/** What is asked for on a connection. */
export const opencodeAsks: Readonly<Record<keyof z.infer<typeof statedSchema>['asked'], string>> = {
  children: '/session/{conversation}/children',
  messages: '/session/{conversation}/message?limit=100',
  permissions: '/permission',
  questions: '/question',
  statuses: '/session/status',
};

/** The part of what was told that is read; undefined where nothing is. Takes what it has returned, too. */
export function readOpencodeEvent(told: unknown): OpencodeEvent | undefined {
  return eventSchema.safeParse(told).data ?? statedSchema.safeParse(told).data;
}
