/**
 * Gemini CLI's live terminal (0.61.0): its title says the state, its hooks begin and end of turns, its log why requests
 * fail. No OSC 7501.
 */
import * as z from 'zod';
import { geminiHint, readGeminiRetry } from '../gemini-errors.ts';
import { readGeminiMessage } from '../gemini-usage.ts';
import { callText } from '../transcript.ts';
import { type AskedQuestion, askedQuestions, dialogKeys, type QuestionReply } from './asked-questions.ts';
import type { ClaimedState } from './claim.ts';
import { hookCommand, hookPlaces, hookScript } from './hook-script.ts';
import {
  type ChannelRecord,
  NOTHING,
  placeFacts,
  type Reading,
  type TerminalCli,
  type TerminalPlace,
  type TerminalSetUp,
  type TurnFact,
} from './terminal-cli.ts';

const HOOKS = ['SessionStart', 'BeforeAgent', 'AfterAgent', 'Notification'] as const;

/** Gemini CLI in its own terminal. */
export const geminiTerminal: TerminalCli = {
  name: 'gemini',
  setUp,
  readTitle,
  read,
  transcriptChannels: file => [{ kind: 'lines', file }],
  needsPosixShell: true,
  submission: () => ({ kind: 'paste' }),
  interruptKeys: '\x1b',
  // The first choice is to allow it once.
  consentKeys: { allow: '\r', refuse: '\x1b' },
  answerKeys: dialogKeys({ severalKeys, isReviewed: questions => questions.length > 1 }),
  screen: {
    versions: '0.61.0',
    lines: 20,
    waiting: [
      {
        pattern:
          /Allow execution of|Apply this change\?|Do you trust the (?:files in this folder\?|following folders)/,
        what: 'permission',
      },
      { pattern: /Enter to (?:select|submit) · .*Esc to cancel/, what: 'question' },
    ],
    // While a hook of a turn runs, its name may push aside how to cancel; without the sign it is one before or after.
    working: [/esc to cancel/, /^ *[⠀-⣿] +Executing Hooks?: /mu],
    idle: [/Type your message or @path/],
  },
};

function setUp({ folder }: TerminalPlace): TerminalSetUp {
  const { dir, script } = hookPlaces(folder);
  const [settingsFile, logFile] = [`${folder}/settings.json`, `${folder}/gemini.log`];
  // Its name stands on the screen while it runs, in place of its command.
  const hook = [{ hooks: [{ type: 'command', name: 'niia', command: hookCommand(script) }] }];
  const settings = {
    hooks: {
      ...Object.fromEntries(HOOKS.map(name => [name, hook])),
      // The notification of a dialog does not tell what it asks.
      BeforeTool: hook.map(each => ({ matcher: 'ask_user', ...each })),
    },
    // `--skip-trust` speaks for the working directory; without this it asks about every other folder that it is given.
    security: { folderTrust: { enabled: false } },
  };
  return {
    args: ['--skip-trust'],
    // System settings are read beside the user's; gemini skips them where others may write to the folder.
    env: { GEMINI_CLI_SYSTEM_SETTINGS_PATH: settingsFile, GEMINI_DEBUG_LOG_FILE: logFile },
    files: [
      { path: script, text: hookScript(dir) },
      { path: settingsFile, text: `${JSON.stringify(settings, null, 1)}\n` },
    ],
    channels: [
      { kind: 'hooks', dir },
      { kind: 'log', file: logFile },
    ],
  };
}

const UP = '\x1b[A';

/** Past the choices stand one for all of them and a line for words, which takes the dialog on; above the first comes "Done". */
function severalKeys({ choices }: AskedQuestion, reply: QuestionReply): readonly string[] {
  if (reply.kind === 'words') return [String(choices.length + 2), reply.text, '\r'];
  const numbers = [...reply.numbers].sort((one, other) => other - one);
  return [...numbers.map(String), ...Array<string>(numbers.at(-1) ?? 1).fill(UP), '\r'];
}

function readTitle(title: string): ClaimedState | undefined {
  if (title.startsWith('◇')) return { kind: 'idle' };
  if (title.startsWith('✦') || title.startsWith('⏲')) return { kind: 'working' };
  if (title.startsWith('✋')) return { kind: 'waiting', what: 'permission' };
  return undefined;
}

/** Of a call that is to be allowed: its kind, and what it is about. */
const detailsSchema = z.object({
  type: z.string().optional(),
  command: z.string().optional(),
  filePath: z.string().optional(),
  toolName: z.string().optional(),
  title: z.string().optional(),
});

const hookSchema = z.object({
  hook_event_name: z.string(),
  session_id: z.string().optional(),
  transcript_path: z.string().nullish(),
  notification_type: z.string().optional(),
  details: detailsSchema.optional(),
  tool_input: z.unknown().optional(),
  prompt_response: z.string().nullish(),
});

type Hook = z.infer<typeof hookSchema>;

/** What the hook says of a turn that ended without a word: a refused request, mostly. */
const NO_ANSWER = '[no response text]';

/** A line of the conversation's file. A message is written again when its tool calls have ended. */
const lineSchema = z.object({
  type: z.literal('gemini'),
  content: z.string().min(1),
  toolCalls: z.array(z.unknown()).optional(),
});

/** The hook's own `prompt_response` repeats parts of a streamed answer; the conversation's file has it once. */
function readLine(data: unknown): Reading {
  const line = lineSchema.safeParse(data).data;
  const note = readGeminiMessage(data);
  const isAnswer = line !== undefined && line.toolCalls === undefined;
  return {
    claims: [],
    facts: isAnswer ? [{ kind: 'answer', text: line.content }] : [],
    uses: note === undefined ? [] : [{ kind: 'used', ...note }],
  };
}

const LOGGED = /^\[[^\]]+\] \[(?:WARN|ERROR)\] (.*)$/;

/** Nowhere else does it tell that it tries again, or why a turn failed. */
function readLog(line: unknown): Reading {
  const said = typeof line === 'string' ? LOGGED.exec(line)?.[1] : undefined;
  if (said === undefined) return NOTHING;
  const retry = readGeminiRetry(said);
  if (retry !== undefined) {
    const { hint, attempt, delayMs } = retry;
    return { ...NOTHING, facts: [{ kind: 'retrying', attempt, delayMs, ...hint }] };
  }
  const failure = /^Error when talking to Gemini API .*?(\{.*\})/.exec(said)?.[1];
  return failure === undefined
    ? NOTHING
    : { ...NOTHING, facts: [{ kind: 'failure', ...geminiHint(failure) }] };
}

function read({ channel, data }: ChannelRecord): Reading {
  if (channel === 'transcript') return readLine(data);
  if (channel === 'log') return readLog(data);
  const parsed = hookSchema.safeParse(data);
  if (channel !== 'hooks' || !parsed.success) return NOTHING;
  const hook = parsed.data;
  const { session_id: id, transcript_path: file } = hook;
  const facts: readonly TurnFact[] = [...placeFacts(id, file === '' ? undefined : file), ...factsOf(hook)];
  const state = stateOf(hook);
  const text = hook.notification_type ?? hook.hook_event_name;
  return { facts, claims: state === undefined ? [] : [{ source: 'hooks', state, text }] };
}

function stateOf({
  hook_event_name: name,
  notification_type: type,
  details,
  prompt_response,
}: Hook): ClaimedState | undefined {
  switch (name) {
    case 'SessionStart':
      return { kind: 'idle' };
    case 'BeforeAgent':
      return { kind: 'working' };
    case 'Notification':
      if (type !== 'ToolPermission') return undefined;
      return { kind: 'waiting', what: details?.type === 'ask_user' ? 'question' : 'permission' };
    case 'AfterAgent':
      return prompt_response === NO_ANSWER ? { kind: 'error' } : { kind: 'done' };
    default:
      return undefined;
  }
}

function factsOf({ hook_event_name: name, tool_input: input, details }: Hook): readonly TurnFact[] {
  if (name === 'BeforeAgent') return [{ kind: 'submitted' }];
  if (name === 'BeforeTool') return [{ kind: 'asked', questions: askedQuestions(input) }];
  return name === 'Notification' && details !== undefined ? askedCall(details) : [];
}

/** What a dialog is about. Of a question the hook before its tool has told. */
function askedCall({ type = '', command, filePath, toolName, title }: z.infer<typeof detailsSchema>) {
  if (type === 'ask_user') return [];
  const call = callText(type, command ?? filePath ?? toolName ?? title);
  return [{ kind: 'asked', questions: [], call } as const];
}
