/** What the real Claude Code printed, recorded by test/agents/record-claude.ts. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AgentEvent, TurnOutcome, TurnRequest } from '../../../runtime/agents/adapter.ts';
import { claude } from '../../../runtime/agents/claude.ts';

const endSchema = z.object({
  code: z.number().nullable(),
  signal: z.string().nullable(),
  stderr: z.string(),
});

/** A recorded turn. */
export interface Recording {
  readonly output: Buffer;
  readonly end: z.infer<typeof endSchema>;
}

/** Reads the recording of that name. */
export function recording(name: string): Recording {
  const file = (ending: string) => new URL(`../../fixtures/agents/claude/${name}.${ending}`, import.meta.url);
  const end = endSchema.parse(JSON.parse(readFileSync(file('json'), 'utf8')));
  return { output: readFileSync(file('ndjson')), end };
}

/** A turn's request with defaults. */
export function request(changes: Partial<TurnRequest> = {}): TurnRequest {
  return {
    prompt: 'Do it.',
    promptFile: '/run/prompt.md',
    filesDir: '/run/files',
    permission: 'edit',
    args: [],
    program: '/bin/claude',
    platform: 'linux',
    ...changes,
  };
}

/** Feeds a recording in the given pieces. */
export function replay(
  { output, end }: Recording,
  turn: TurnRequest,
  cuts: readonly number[] = [],
): { readonly events: readonly AgentEvent[]; readonly outcome: TurnOutcome } {
  const reader = claude.createReader(turn);
  const decoder = new TextDecoder();
  const bounds = [0, ...cuts, output.length];
  const events = bounds.slice(1).flatMap((to, i) => {
    const piece = output.subarray(bounds[i] ?? 0, to);
    return reader.feed(decoder.decode(piece, { stream: true }));
  });
  return { events, outcome: reader.end({ code: end.code, signal: end.signal }, end.stderr) };
}
