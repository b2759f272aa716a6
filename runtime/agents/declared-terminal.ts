/** `agents.NAME.terminal` of the configuration: how a declared CLI is driven in its own live terminal. */
import * as z from 'zod';
import { patternSchema } from './declared-pattern.ts';
import { conditionsSchema, figurePlaces, placeSchema } from './declared-places.ts';

const argv = z.array(z.string()).readonly();

/** What a title, a notification or the screen looks like in each state. */
const signs = {
  working: patternSchema.optional(),
  permission: patternSchema.optional(),
  question: patternSchema.optional(),
  /** It takes a prompt. */
  idle: patternSchema.optional(),
};

/** Events that mean the same: the values that one has, or a list of such. */
const occasion = z.union([
  conditionsSchema.transform(conditions => [conditions]),
  z.array(conditionsSchema).min(1).readonly(),
]);

const events = z
  .object({
    /** Tell the CLI where its events go: `{events_file}`, JSON lines, or `{hook}`, a command that takes one on its stdin. */
    args: argv.default([]),
    env: z.record(z.string(), z.string()).readonly().default({}),
    /** It has taken a prompt. */
    submitted: occasion,
    working: occasion.optional(),
    permission: occasion.optional(),
    question: occasion.optional(),
    /** It takes a prompt, and no turn has ended well: at its start, or after one that was broken off. */
    idle: occasion.optional(),
    /** The turn has ended well. */
    done: occasion,
    answer: placeSchema,
    /** Its presence means that the turn has failed; the value is the message. */
    error: placeSchema.optional(),
    conversation: placeSchema.optional(),
    /** Names the message that figures are of: they are added up over messages. Absent: the last ones are the turn's. */
    message: placeSchema.optional(),
    ...figurePlaces,
  })
  .strict()
  .readonly()
  .refine(
    ({ args, env }) => [...args, ...Object.values(env)].some(text => /\{(events_file|hook)\}/.test(text)),
    'args or env must tell the CLI where its events go: by {events_file} or {hook}',
  );

const key = z
  .string()
  .regex(
    /^(?:esc|enter|tab|space|ctrl\+[a-z]|[!-~])$/,
    'a key is "esc", "enter", "tab", "space", "ctrl+c" and the like, or one character',
  );

/** A live terminal whose turns can be told. */
export const liveTerminalSchema = z
  .object({
    /** argv of the CLI's text interface. */
    command: argv.refine(words => words.length > 0, 'needs at least the program'),
    events,
    titles: z.object(signs).strict().readonly().default({}),
    /** Of OSC 9 and OSC 777, which end up on a desktop elsewhere; the bell is `bell`. */
    notifications: z.object(signs).strict().readonly().default({}),
    screen: z
      .object({ ...signs, lines: z.number().int().min(1).max(200).default(16) })
      .strict()
      .readonly()
      .optional(),
    keys: z
      .object({ interrupt: key.default('esc'), allow: key.optional(), refuse: key.default('esc') })
      .strict()
      .readonly()
      .default({ interrupt: 'esc', refuse: 'esc' }),
  })
  .strict()
  .readonly();

/** `agents.NAME.terminal`: only the argv of a terminal to watch, or one that can be driven. */
export const declaredTerminalSchema = z.union([argv, liveTerminalSchema]);

/** How a declared CLI's live terminal is driven. */
export type LiveTerminalDeclaration = z.infer<typeof liveTerminalSchema>;
/** What a declaration says of the CLI's terminal. */
export type DeclaredTerminal = z.infer<typeof declaredTerminalSchema>;

/** How the terminal is driven; undefined where it is only told how to start it, or nothing at all. */
export function liveTerminalOf(terminal: DeclaredTerminal | undefined): LiveTerminalDeclaration | undefined {
  return terminal === undefined || isArgv(terminal) ? undefined : terminal;
}

/** argv of the CLI's text interface; undefined where nothing is said of it. */
export function terminalArgvOf(terminal: DeclaredTerminal | undefined): readonly string[] | undefined {
  return terminal === undefined || isArgv(terminal) ? terminal : terminal.command;
}

// Array.isArray does not know readonly arrays.
function isArgv(terminal: DeclaredTerminal): terminal is readonly string[] {
  return Array.isArray(terminal);
}
