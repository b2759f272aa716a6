/** The turns of a check: runs of one worker in an empty folder, which end with the first turn that fails. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { createLineSplitter } from '../../agents/line-splitter.ts';
import { ok, type Result } from '../../result.ts';
import { parseArguments } from '../arguments.ts';
import { captureTerminal } from '../captured-terminal.ts';
import { call, connect } from '../connect.ts';
import type { CliFailure } from '../failure.ts';
import type { VerbContext } from '../verb.ts';

/** The events of a run that a check looks at. */
const eventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run-started'), run: z.string() }),
  z.object({ kind: z.literal('stop-requested') }),
  z.object({ kind: z.literal('turn-alive'), evidence: z.string() }),
  z.object({
    kind: z.literal('turn-ended'),
    turn: z.number(),
    outcome: z.object({
      kind: z.string(),
      summary: z.string().optional(),
      message: z.string().optional(),
      reason: z.object({ kind: z.string(), what: z.string().optional() }).optional(),
      tail: z.string().optional(),
    }),
  }),
  z.object({
    kind: z.literal('usage'),
    outputTokens: z.number().optional(),
    costUsd: z.number().optional(),
    costFrom: z.string().optional(),
  }),
]);

/** An event of such a run. */
export type CheckEvent = z.infer<typeof eventSchema>;

/** What happened; undefined: the person broke it off. */
export type CheckedTurns = Result<readonly CheckEvent[] | undefined, CliFailure>;

/** So long may the turns of one run take, in ms: a CLI that asks something at its start would wait for ever. */
export const CHECK_TIMEOUT_MS = 180_000;

const PROMPT = 'This is a test of the connection. Use no tools. Reply with the single word: ready';
const TWICE =
  '. Reply so though it is not the JSON that is asked for; only once you are told that it does not fit, reply with that JSON.';
const SCHEMA = { type: 'object', properties: { ok: { const: true } }, required: ['ok'] };

/** Two turns of one conversation: answered in words, then in JSON. */
export function runHeadlessTurns(context: VerbContext, model: string): Promise<CheckedTurns> {
  return runPhase(context, 'headless', { model, prompt: `${PROMPT}${TWICE}`, output: SCHEMA });
}

/** One turn in the CLI's own terminal. */
export function runTerminalTurn(context: VerbContext, model: string): Promise<CheckedTurns> {
  return runPhase(context, 'terminal', { model, prompt: PROMPT });
}

async function runPhase(
  context: VerbContext,
  transport: 'headless' | 'terminal',
  phase: object,
): Promise<CheckedTurns> {
  const folder = await mkdtemp(join(tmpdir(), 'niia-check-'));
  try {
    const file = join(folder, 'check.connector.json');
    const session = {
      ...{ transport, worktree: false, permission: 'read-only' },
      timeout_ms: CHECK_TIMEOUT_MS,
    };
    const pipeline = { phases: [{ name: 'check', ...phase }] };
    await writeFile(file, JSON.stringify({ connector: '2.1', name: 'agent-check', session, pipeline }));
    return await runFile({ ...context, cwd: folder }, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runFile(context: VerbContext, file: string): Promise<CheckedTurns> {
  const { verb } = await import('../verbs/run.ts');
  const args = await parseArguments(verb.spec, [file, '--json']);
  if (!args.ok) return args;
  const events: CheckEvent[] = [];
  let isKnown = false;
  const lines = createLineSplitter(MAX_LINE);
  const onOutput = (text: string): void => {
    for (const event of lines.feed(text).flatMap(eventIn)) {
      events.push(event);
      if (!isFailure(event)) continue;
      // What was to be found out is known: the run would park its worker until the model is back.
      isKnown = true;
      void stopRun(context, events);
    }
  };
  // What Ctrl-C does is said on stderr.
  const { terminal } = captureTerminal({ onOutput, stderr: context.terminal.stderr });
  const ended = await verb.run({ ...context, args: args.value, terminal });
  if (!ended.ok && events.length === 0) return ended;
  const isStopped = !isKnown && events.some(({ kind }) => kind === 'stop-requested');
  return ok(isStopped ? undefined : events);
}

const MAX_LINE = 16 * 1024 * 1024;

function eventIn(line: string): readonly CheckEvent[] {
  const read = eventSchema.safeParse(line === '' ? undefined : JSON.parse(line));
  return read.success ? [read.data] : [];
}

function isFailure(event: CheckEvent): boolean {
  return event.kind === 'turn-ended' && event.outcome.kind === 'failed';
}

async function stopRun(context: VerbContext, events: readonly CheckEvent[]): Promise<void> {
  const started = events.find(event => event.kind === 'run-started');
  if (started === undefined) return;
  const daemon = await connect(context);
  if (!daemon.ok) return;
  await call(daemon.value, 'run/stop', { run: started.run, how: 'now' });
  daemon.value.close();
}
