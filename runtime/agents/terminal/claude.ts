/** Claude Code's live terminal (2.1.330; from 2.1.295 on it speaks OSC 7501, before that titles and its status file serve). */
import * as z from 'zod';
import { readClaudeLine } from '../claude-lines.ts';
import { usageNoteOf } from '../claude-usage.ts';
import { callText } from '../transcript.ts';
import { askedQuestions, dialogKeys } from './asked-questions.ts';
import type { Claim, ClaimedState } from './claim.ts';
import { hookCommand, hookPlaces, hookScript } from './hook-script.ts';
import {
  type ChannelRecord,
  NOTHING,
  placeFacts,
  type Reading,
  type Retry,
  type TerminalCli,
  type TerminalPlace,
  type TerminalSetUp,
  type TurnFact,
} from './terminal-cli.ts';

const HOOKS = [
  'SessionStart',
  'UserPromptSubmit',
  'PermissionRequest',
  'Stop',
  'StopFailure',
  'SessionEnd',
] as const;

/** A choice takes the dialog on by itself; of several choices Tab does. Several questions, or choices, are shown again at the end. */
const answerKeys = dialogKeys({
  severalKeys: (_, reply) => (reply.kind === 'words' ? undefined : [...reply.numbers.map(String), '\t']),
  isReviewed: questions => questions.length > 1 || questions.some(({ isMultiple }) => isMultiple),
});

/** Claude Code in its own terminal. */
export const claudeTerminal: TerminalCli = {
  name: 'claude',
  setUp,
  readTitle,
  read,
  // Each sub-agent has a file of its own.
  transcriptChannels: file => [
    { kind: 'lines', file },
    { kind: 'line-files', dir: `${file.replace(/\.jsonl$/, '')}/subagents` },
  ],
  needsPosixShell: true,
  submission: () => ({ kind: 'paste' }),
  interruptKeys: '\x1b',
  consentKeys: { allow: '1', refuse: '\x1b' },
  answerKeys,
  readRetry,
  screen: {
    versions: '2.1.330',
    lines: 16,
    waiting: [
      { pattern: /Do you want to .+\?/, what: 'permission' },
      { pattern: /Enter to select .*Esc to cancel/, what: 'question' },
      { pattern: /Enter to confirm .*Esc to cancel/, what: 'permission' },
    ],
    working: [/esc to interrupt/, / · \d+ shells? · /, /^\S \S+… \(/m],
    idle: [/^❯\s*$/m],
  },
};

function setUp({ folder, env }: TerminalPlace): TerminalSetUp {
  const { dir, script } = hookPlaces(folder);
  const hook = [{ hooks: [{ type: 'command', command: hookCommand(script), timeout: 10 }] }];
  const settings = {
    hooks: Object.fromEntries(HOOKS.map(name => [name, hook])),
    // The person who started the run chose the permission.
    skipDangerousModePermissionPrompt: true,
  };
  const home = env.CLAUDE_CONFIG_DIR ?? `${env.HOME ?? ''}/.claude`;
  return {
    args: ['--settings', JSON.stringify(settings)],
    // Skips the question whether the folder is trusted: a run is started only where it is.
    env: { CLAUDE_CODE_SANDBOXED: '1', DISABLE_AUTOUPDATER: '1' },
    files: [{ path: script, text: hookScript(dir) }],
    channels: [
      { kind: 'hooks', dir },
      { kind: 'status', dir: `${home}/sessions` },
    ],
  };
}

/** `✳ …` stands still, every other sign before the title turns. */
function readTitle(title: string): ClaimedState | undefined {
  if (/^✳\s/u.test(title)) return { kind: 'idle' };
  if (/^[◐◑◒◓⠀-⣿]\s/u.test(title)) return { kind: 'working' };
  return undefined;
}

/** `✻ 529 overloaded_error · retrying in 2s · attempt 3/10`: it tries as often as the user's own settings say. */
function readRetry(line: string): Retry | undefined {
  const [, message, seconds, attempt] =
    /^\S (.+) · retrying in (\d+)s · attempt (\d+)\/\d+\s*$/.exec(line) ?? [];
  if (message === undefined) return undefined;
  return { kind: 'retrying', attempt: Number(attempt), delayMs: Number(seconds) * 1000, message };
}

const hookSchema = z.object({
  hook_event_name: z.string(),
  session_id: z.string().optional(),
  transcript_path: z.string().optional(),
  source: z.string().optional(),
  prompt: z.string().optional(),
  tool_name: z.string().optional(),
  tool_input: z.unknown().optional(),
  last_assistant_message: z.string().nullish(),
  background_tasks: z.array(z.unknown()).optional(),
  error: z.unknown().optional(),
});

const statusSchema = z.object({ status: z.string().optional(), waitingFor: z.string().nullish() });

function read({ channel, data }: ChannelRecord): Reading {
  if (channel === 'status') return readStatus(data);
  if (channel === 'transcript') return readLine(data);
  const parsed = hookSchema.safeParse(data);
  if (channel !== 'hooks' || !parsed.success) return NOTHING;
  const hook = parsed.data;
  const { session_id: id, transcript_path: file } = hook;
  const facts: readonly TurnFact[] = [...placeFacts(id, file), ...factsOf(hook)];
  const state = stateOf(hook);
  return { facts, claims: state === undefined ? [] : [claim(state, hook)] };
}

type Hook = z.infer<typeof hookSchema>;

function claim(state: ClaimedState, { hook_event_name: name, tool_name: tool }: Hook): Claim {
  return { source: 'hooks', state, text: tool === undefined ? name : `${name} ${tool}` };
}

function stateOf(hook: Hook): ClaimedState | undefined {
  switch (hook.hook_event_name) {
    case 'SessionStart':
      // A conversation that is compacted starts again in the middle of a turn.
      return hook.source === 'compact' ? undefined : { kind: 'idle' };
    case 'UserPromptSubmit':
      return { kind: 'working' };
    case 'PermissionRequest':
      return { kind: 'waiting', what: hook.tool_name === 'AskUserQuestion' ? 'question' : 'permission' };
    case 'Stop':
      // A background task that ends starts a turn by itself.
      return (hook.background_tasks ?? []).length > 0 ? { kind: 'working' } : { kind: 'done' };
    case 'StopFailure':
      return { kind: 'error' };
    default:
      return undefined;
  }
}

function factsOf(hook: Hook): readonly TurnFact[] {
  const text = hook.last_assistant_message ?? '';
  switch (hook.hook_event_name) {
    case 'UserPromptSubmit':
      return [{ kind: 'submitted' }];
    case 'PermissionRequest':
      return [asked(hook)];
    case 'Stop':
      return [{ kind: 'answer', text }];
    case 'StopFailure':
      return [{ kind: 'failure', message: text === '' ? String(hook.error ?? 'the turn failed') : text }];
    default:
      return [];
  }
}

function asked({ tool_name: tool = '', tool_input: input }: Hook): TurnFact {
  const questions = askedQuestions(input);
  return { kind: 'asked', questions, ...(questions.length === 0 && { call: callText(tool, input) }) };
}

/** Of its conversation's file only what was used is read. */
function readLine(data: unknown): Reading {
  const line = readClaudeLine(data);
  const note = line && usageNoteOf(line);
  return { ...NOTHING, uses: note === undefined ? [] : [{ kind: 'used', ...note }] };
}

function readStatus(data: unknown): Reading {
  const parsed = statusSchema.safeParse(data);
  if (!parsed.success) return NOTHING;
  const { status, waitingFor } = parsed.data;
  const state = statusState(status, waitingFor ?? '');
  if (state === undefined) return NOTHING;
  const text = waitingFor ? `${status}: ${waitingFor}` : (status ?? '');
  return { facts: [], claims: [{ source: 'status-file', state, text }] };
}

function statusState(status: string | undefined, waitingFor: string): ClaimedState | undefined {
  switch (status) {
    case 'busy':
      return { kind: 'working' };
    case 'idle':
      return { kind: 'idle' };
    case 'waiting':
      return { kind: 'waiting', what: /permission|approve/i.test(waitingFor) ? 'permission' : 'question' };
    default:
      return undefined;
  }
}
