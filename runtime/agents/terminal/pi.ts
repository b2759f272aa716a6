/** pi's live terminal (0.87.1; older ones from 0.73 on): an extension of ours tells what it does. */
import * as z from 'zod';
import { piFailure, piUsage, piUsageSchema } from '../pi-message.ts';
import { callText } from '../transcript.ts';
import type { UsageNote } from '../usage-notes.ts';
import type { Claim, ClaimedState } from './claim.ts';
import { piExtension } from './pi-extension.ts';
import {
  type ChannelRecord,
  NOTHING,
  type Reading,
  type TerminalCli,
  type TerminalPlace,
  type TerminalSetUp,
  type TurnFact,
} from './terminal-cli.ts';

/** pi in its own terminal. */
export const piTerminal: TerminalCli = {
  name: 'pi',
  setUp,
  // It names the folder, whatever it does.
  readTitle: () => undefined,
  read,
  submission: () => ({ kind: 'paste' }),
  interruptKeys: '\x1b',
  // The first choice is to allow it.
  consentKeys: { allow: '\r', refuse: '\x1b' },
  screen: {
    versions: '0.73.1, 0.87.1',
    lines: 16,
    waiting: [{ pattern: /enter (?:to )?select .*esc\S* ?(?:\/ctrl\+c|to)? cancel/i, what: 'permission' }],
    working: [/[⠀-⣿] (?:Working|Retrying|Auto-compacting|Compacting)/u],
    idle: [/^─{20,}\n *\n─{20,}$/m],
  },
};

function setUp({ folder }: TerminalPlace): TerminalSetUp {
  const [events, extension] = [`${folder}/events.jsonl`, `${folder}/niia.js`];
  return {
    args: ['--extension', extension],
    env: { PI_SKIP_VERSION_CHECK: '1' },
    files: [
      { path: events, text: '' },
      { path: extension, text: piExtension(events) },
    ],
    channels: [{ kind: 'lines', file: events }],
  };
}

const eventSchema = z.object({
  type: z.string(),
  id: z.string().optional(),
  attempt: z.number().optional(),
  after: z.string().optional(),
  tool: z.string().optional(),
  what: z.string().optional(),
  title: z.string().optional(),
  reason: z.string().optional(),
  stopReason: z.string().optional(),
  errorMessage: z.string().optional(),
  text: z.string().optional(),
  model: z.string().optional(),
  timestamp: z.number().optional(),
  usage: piUsageSchema,
});

type PiEvent = z.infer<typeof eventSchema>;

function read({ channel, data }: ChannelRecord): Reading {
  const parsed = eventSchema.safeParse(data);
  if (channel !== 'lines' || !parsed.success) return NOTHING;
  const event = parsed.data;
  const state = stateOf(event);
  const note = usageNoteOf(event);
  return {
    claims: state === undefined ? [] : [claim(state, event)],
    facts: factsOf(event),
    uses: note === undefined ? [] : [{ kind: 'used', ...note }],
  };
}

function claim(state: ClaimedState, { type, tool, title, stopReason }: PiEvent): Claim {
  const text = [type, tool ?? title ?? stopReason].filter(word => word !== undefined).join(' ');
  return { source: 'events', state, text };
}

function stateOf(event: PiEvent): ClaimedState | undefined {
  switch (event.type) {
    case 'session_start':
      return { kind: 'idle' };
    case 'submitted':
    case 'agent_start':
    case 'asked':
    case 'compacting':
      return { kind: 'working' };
    case 'asking':
      return { kind: 'waiting', what: event.tool === undefined ? 'question' : 'permission' };
    case 'compacted':
      // What else it compacts, it does in the middle of a turn.
      return event.reason === 'manual' ? { kind: 'idle' } : undefined;
    case 'settled':
      return endOf(event);
    default:
      return undefined;
  }
}

function endOf({ stopReason }: PiEvent): ClaimedState {
  if (stopReason === 'error') return { kind: 'error' };
  return stopReason === undefined || stopReason === 'aborted' ? { kind: 'idle' } : { kind: 'done' };
}

function factsOf(event: PiEvent): readonly TurnFact[] {
  const { id, attempt = 0, after = 'error', text = '', errorMessage = 'the turn failed' } = event;
  switch (event.type) {
    case 'session_start':
      return id === undefined ? [] : [{ kind: 'conversation', id }];
    case 'submitted':
      return [{ kind: 'submitted' }];
    case 'asking':
      return event.tool === undefined
        ? []
        : [{ kind: 'asked', questions: [], call: callText(event.tool, event.what) }];
    case 'agent_start':
      return attempt === 0 ? [] : [{ kind: 'retrying', attempt, message: piFailure(after).message }];
    case 'settled': {
      const { kind } = endOf(event);
      if (kind === 'error') return [{ kind: 'failure', ...piFailure(errorMessage) }];
      return kind === 'done' ? [{ kind: 'answer', text }] : [];
    }
    default:
      return [];
  }
}

/** Messages have no names; no two of a conversation begin at the same millisecond. */
function usageNoteOf({ type, timestamp, model, usage }: PiEvent): UsageNote | undefined {
  const used = piUsage(usage);
  if (type !== 'message' || timestamp === undefined || used === undefined) return undefined;
  // A request that fails or is broken off is noted, too.
  if (used.inputTokens === 0 && used.outputTokens === 0) return undefined;
  return { id: String(timestamp), usage: used, ...(model === undefined ? {} : { model }) };
}
