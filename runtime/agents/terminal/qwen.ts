/** Qwen Code's live terminal (0.24.4): it writes its events into one file and takes prompts from another. */
import { posix } from 'node:path';
import * as z from 'zod';
import type { ClaimedState } from './claim.ts';
import {
  type ChannelRecord,
  NOTHING,
  type Reading,
  type TerminalCli,
  type TerminalPlace,
  type TerminalSetUp,
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
};

function placesOf({ folder }: TerminalPlace): { readonly events: string; readonly input: string } {
  return { events: posix.join(folder, 'events.jsonl'), input: posix.join(folder, 'input.jsonl') };
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

function readTitle(title: string): ClaimedState | undefined {
  return /^[◐◑◒◓]\s/u.test(title) ? { kind: 'working' } : undefined;
}

const eventSchema = z.object({ type: z.string(), subtype: z.string().optional() });

function read({ channel, data }: ChannelRecord): Reading {
  const parsed = eventSchema.safeParse(data);
  if (channel !== 'lines' || !parsed.success) return NOTHING;
  return NOTHING;
}
