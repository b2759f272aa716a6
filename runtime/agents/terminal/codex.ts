/** Codex's live terminal (0.169.0): OSC 7501 without being asked, hooks, and a log that tells of retries. */
import * as z from 'zod';
import { readRolloutLine } from '../codex-usage.ts';
import { callText } from '../transcript.ts';
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
  type UseFact,
} from './terminal-cli.ts';

const HOOKS = [
  'SessionStart',
  'UserPromptSubmit',
  'PermissionRequest',
  'PostToolUse',
  'Stop',
  'Interrupt',
] as const;

/** Codex in its own terminal. */
export const codexTerminal: TerminalCli = {
  name: 'codex',
  setUp,
  readTitle,
  read,
  transcriptChannels: file => [{ kind: 'lines', file }],
  needsPosixShell: true,
  submission: () => ({ kind: 'paste' }),
  interruptKeys: '\x1b',
  consentKeys: { allow: 'y', refuse: '\x1b' },
  screen: {
    versions: '0.169.0',
    lines: 16,
    waiting: [
      { pattern: /Press enter to confirm|Would you like to .+\?|Do you trust .+\?/i, what: 'permission' },
    ],
    working: [/esc to interrupt/],
    idle: [/^› /m],
  },
};

function setUp({ folder, cwd }: TerminalPlace): TerminalSetUp {
  const { dir, script } = hookPlaces(folder);
  const logDir = `${folder}/log`;
  // JSON strings are TOML strings.
  const hook = `[{hooks=[{type="command",command=${JSON.stringify(hookCommand(script))}}]}]`;
  return {
    args: [
      ...['-c', `hooks={${HOOKS.map(name => `${name}=${hook}`).join(',')}}`],
      // The hooks are ours, of this command line.
      '--dangerously-bypass-hook-trust',
      // Skips the question whether the folder is trusted: a run is started only where it is.
      ...['-c', `projects={${JSON.stringify(cwd)}={trust_level="trusted"}}`],
      ...['-c', `log_dir=${JSON.stringify(logDir)}`],
    ],
    env: {},
    files: [{ path: script, text: hookScript(dir) }],
    channels: [
      { kind: 'hooks', dir },
      { kind: 'log', file: `${logDir}/codex-tui.log` },
    ],
  };
}

/** Braille signs turn before the title while codex works. */
function readTitle(title: string): ClaimedState | undefined {
  return /^[⠀-⣿]\s/u.test(title) ? { kind: 'working' } : undefined;
}

const hookSchema = z.object({
  hook_event_name: z.string(),
  session_id: z.string().optional(),
  transcript_path: z.string().nullish(),
  tool_name: z.string().optional(),
  tool_input: z.unknown().optional(),
  last_assistant_message: z.string().nullish(),
});

type Hook = z.infer<typeof hookSchema>;

/** Of its conversation's file what was used, and why a turn failed: neither its hooks nor OSC 7501 tell that. */
function readLine(data: unknown): Reading {
  const { model, note, failure } = readRolloutLine(data);
  const uses: readonly UseFact[] = [
    ...(model === undefined ? [] : [{ kind: 'model', model } as const]),
    ...(note === undefined ? [] : [{ kind: 'used', ...note } as const]),
  ];
  return { claims: [], facts: failure === undefined ? [] : [{ kind: 'failure', message: failure }], uses };
}

/** `… WARN codex_core::responses_retry: … retrying sampling request (2/5 in 1.2s)... … sampling_error=…` */
const RETRY = /\bresponses_retry: .*\((\d+)\/\d+ in ([\d.]+)(ms|s)\)\.\.\.(?:.*\bsampling_error=(.*))?/;

function readLog(line: unknown): Reading {
  const [, attempt, delay, unit, message = 'a failed request'] =
    (typeof line === 'string' && RETRY.exec(line)) || [];
  if (attempt === undefined) return NOTHING;
  const delayMs = Math.round(Number(delay) * (unit === 's' ? 1000 : 1));
  return { ...NOTHING, facts: [{ kind: 'retrying', attempt: Number(attempt), delayMs, message }] };
}

function read({ channel, data }: ChannelRecord): Reading {
  if (channel === 'transcript') return readLine(data);
  if (channel === 'log') return readLog(data);
  const parsed = hookSchema.safeParse(data);
  if (channel !== 'hooks' || !parsed.success) return NOTHING;
  const hook = parsed.data;
  const { session_id: id, transcript_path: file, tool_name: tool, hook_event_name: name } = hook;
  const facts: readonly TurnFact[] = [...placeFacts(id, file), ...factsOf(hook)];
  const state = stateOf(hook);
  const text = tool === undefined ? name : `${name} ${tool}`;
  return { facts, claims: state === undefined ? [] : [{ source: 'hooks', state, text }] };
}

function stateOf({ hook_event_name: name }: Hook): ClaimedState | undefined {
  switch (name) {
    case 'SessionStart':
    case 'Interrupt':
      return { kind: 'idle' };
    case 'UserPromptSubmit':
    case 'PostToolUse':
      return { kind: 'working' };
    case 'PermissionRequest':
      return { kind: 'waiting', what: 'permission' };
    case 'Stop':
      return { kind: 'done' };
    default:
      return undefined;
  }
}

function factsOf(hook: Hook): readonly TurnFact[] {
  switch (hook.hook_event_name) {
    case 'UserPromptSubmit':
      return [{ kind: 'submitted' }];
    case 'PermissionRequest':
      return [{ kind: 'asked', questions: [], call: callText(hook.tool_name ?? '', hook.tool_input) }];
    case 'Stop':
      return [{ kind: 'answer', text: hook.last_assistant_message ?? '' }];
    default:
      return [];
  }
}
