/**
 * A CLI that the user describes in `config.json` (docs/adding-an-agent-adapter.md): the contract of an adapter as data.
 */
import * as z from 'zod';
import type { AgentAdapter, PermissionMapping, TurnCommand, TurnRequest } from './adapter.ts';
import { declaredFailuresSchema } from './declared-failures.ts';
import { figurePlaces, placeSchema } from './declared-places.ts';
import { createDeclaredReader } from './declared-reader.ts';
import { declaredTerminalSchema, terminalArgvOf } from './declared-terminal.ts';
import { fillIn } from './fill-in.ts';

const argv = z.array(z.string()).readonly();
const environment = z.record(z.string(), z.string()).readonly();

const output = z
  .object({
    /** One JSON document, or one a line. */
    format: z.enum(['json', 'jsonl']),
    answer: placeSchema,
    /** Its presence means failure; the value is the message. */
    error: placeSchema.optional(),
    /** The id that the CLI gave the conversation. */
    conversation: placeSchema.optional(),
    ...figurePlaces,
  })
  .strict()
  .readonly();

/** One entry of `agents` in the user's configuration. */
export const declaredAgentSchema = z
  .object({
    /** argv with `{prompt}`, `{prompt_file}`, `{model}`; never a shell line. */
    command: argv.refine(words => words.length > 0, 'needs at least the program'),
    env: environment.default({}),
    /** The prompt goes to its stdin. */
    stdin: z.boolean().default(false),
    /** Added where a model is named. */
    model: argv.optional(),
    /** Added to start or go on with a conversation, with `{conversation}`. */
    conversation: z.object({ start: argv.optional(), resume: argv }).strict().readonly().optional(),
    permissions: z
      .partialRecord(
        z.enum(['read-only', 'ask', 'edit', 'full']),
        z
          .object({ args: argv.default([]), env: environment.optional(), means: z.string().min(1) })
          .strict()
          .readonly(),
      )
      .readonly()
      .default({}),
    /** argv after the program that prints its version. */
    version: argv.default(['--version']),
    /** Absent: what it prints is the answer. */
    output: output.optional(),
    /** First that fits the last of what it printed says why it failed. */
    failures: declaredFailuresSchema.default([]),
    /** Its live terminal: argv alone, or how it is driven there. Absent: the same argv. */
    terminal: declaredTerminalSchema.optional(),
    /** What a sandbox must let through (spec §3). */
    hosts: z.array(z.string()).readonly().default([]),
    state: z.array(z.string()).readonly().default([]),
  })
  .strict()
  .readonly();

/** A CLI of the user's configuration. */
export type DeclaredAgent = z.infer<typeof declaredAgentSchema>;

/** The adapter of a declared CLI. */
export function createDeclaredAdapter(name: string, agent: DeclaredAgent): AgentAdapter {
  const { conversation, output: parsed, hosts, state } = agent;
  const reports =
    parsed?.cost_usd !== undefined ? 'cost' : parsed?.output_tokens !== undefined ? 'tokens' : 'nothing';
  return {
    name,
    programs: agent.command.slice(0, 1),
    versionArgs: agent.version,
    models: [],
    permissions: {
      'read-only': mappingOf(agent, 'read-only'),
      ask: mappingOf(agent, 'ask'),
      edit: mappingOf(agent, 'edit'),
      full: mappingOf(agent, 'full'),
    },
    reports,
    hasPreamble: true,
    isShellPrompt: false,
    canResume: conversation !== undefined,
    conversationNames: conversation !== undefined && conversation.start === undefined ? 'its own' : 'ours',
    // Nothing is known of when it speaks, unless it prints a line for each thing it does.
    ...(parsed?.format === 'jsonl' ? {} : { silence: 'start' }),
    needs: { hosts, stateDirectories: state.map(folder => ({ path: folder })) },
    headlessCommand: request => headlessCommand(agent, request),
    createReader: request => createDeclaredReader(name, agent, request),
    terminalCommand: request => commandOf(agent, terminalArgvOf(agent.terminal) ?? agent.command, request),
  };
}

function mappingOf(agent: DeclaredAgent, permission: TurnRequest['permission']): PermissionMapping {
  const declared = agent.permissions[permission];
  if (declared === undefined)
    return { args: [], means: 'as its command line says: your configuration does not map it' };
  const { args, env, means } = declared;
  return { args, ...(env === undefined ? {} : { env }), means };
}

function headlessCommand(agent: DeclaredAgent, request: TurnRequest): TurnCommand {
  const command = commandOf(agent, agent.command, request);
  // A terminal suits most programs whose output is read by nobody but people; what is parsed must come as it was written.
  if (agent.output === undefined && !agent.stdin) return command;
  return { ...command, kind: 'pipe', ...(agent.stdin ? { stdin: 'prompt' } : {}) };
}

function commandOf(agent: DeclaredAgent, words: readonly string[], request: TurnRequest): TurnCommand {
  const { conversation, model, permission, args, program } = request;
  const [first = '', ...rest] = words.filter(word => word !== '{prompt}' || request.prompt !== '');
  const talk = conversation?.isNew === true ? agent.conversation?.start : agent.conversation?.resume;
  const all = [
    ...rest,
    ...mappingOf(agent, permission).args,
    ...(model === undefined ? [] : (agent.model ?? [])),
    ...(conversation === undefined ? [] : (talk ?? [])),
    ...args,
  ];
  const values = {
    prompt: request.prompt,
    prompt_file: request.promptFile,
    model,
    conversation: conversation?.id,
  };
  // The program was looked up by the name in `command`; a terminal may have another.
  const found = program === '' || first !== agent.command[0] ? first : program;
  return { argv: [found, ...all.map(word => fillIn(word, values))], env: agent.env, kind: 'pty' };
}
