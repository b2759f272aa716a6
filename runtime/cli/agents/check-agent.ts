/** `niia agents --check NAME`: turns of the CLI in an empty folder, headless and in its terminal, and what of that works. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { AgentAdapter } from '../../agents/adapter.ts';
import type { DeclaredAgent } from '../../agents/declared.ts';
import { adapterOf, resolveModelString } from '../../agents/registry.ts';
import { terminalCliOf } from '../../agents/terminal/terminal-clis.ts';
import { findProgram } from '../../machine/find-program.ts';
import { programVersion } from '../../machine/program-version.ts';
import { err, ok, type Result } from '../../result.ts';
import { parseArguments } from '../arguments.ts';
import { captureTerminal } from '../captured-terminal.ts';
import { type CliFailure, misused } from '../failure.ts';
import type { VerbContext } from '../verb.ts';

/** What was found of one part of an adapter. */
export interface CheckRow {
  readonly part:
    | 'installed'
    | 'version'
    | 'starts'
    | 'answers'
    | 'usage'
    | 'resume'
    | `terminal ${'answers' | 'usage'}`
    | `permission ${string}`;
  /** `claimed`: the adapter says so, and the check did not come to try it. */
  readonly result: 'works' | 'fails' | 'none' | 'claimed';
  readonly detail: string;
}

/** The outcome of a check; `isUsable`: it starts and answers. */
export interface AgentCheck {
  readonly model: string;
  readonly isUsable: boolean;
  readonly rows: readonly CheckRow[];
}

/** What a check may spend. */
export interface CheckOptions {
  /** Asked before the first turn: whether so many short turns of the model may be spent. */
  mayAsk(turns: number): Promise<boolean>;
}

/**
 * Checks the CLI of a model string, headless by two short turns: the first answers in words, which do not fit the schema that
 * the second, in the same conversation, has to fit. Then by one more in its terminal, where niia can drive it there. Undefined:
 * no turn may be spent. Failure: no such CLI, or a run could not be made.
 */
export async function checkAgent(
  context: VerbContext,
  model: string,
  configured: Readonly<Record<string, DeclaredAgent>>,
  { mayAsk }: CheckOptions,
): Promise<Result<AgentCheck | undefined, CliFailure>> {
  const choice = resolveModelString(model, Object.keys(configured));
  const declared = choice === undefined ? undefined : configured[choice.adapter];
  const route = choice && { adapter: choice.adapter, declared };
  const adapter = route && adapterOf(route);
  if (route === undefined || adapter === undefined || adapter.isShellPrompt)
    return err(misused(`"${model}" is no CLI that can be checked`, 'niia agents lists those that can'));
  const program = await programOf(adapter, context);
  if (program === undefined) {
    const missing = {
      part: 'installed',
      result: 'fails',
      detail: `${adapter.programs[0]} is not on PATH`,
    } as const;
    return ok({ model, isUsable: false, rows: [missing, ...permissionRows(adapter)] });
  }
  const isDriven = terminalCliOf(route, process.platform) !== undefined;
  if (!(await mayAsk(isDriven ? 3 : 2))) return ok(undefined);
  const version = await programVersion(program, adapter.versionArgs, context.env);
  const turns = await runTurns(context, headlessPhase(model));
  if (!turns.ok) return turns;
  const inTerminal = isDriven ? await runTurns(context, terminalPhase(model)) : ok([]);
  if (!inTerminal.ok) return inTerminal;
  const about: readonly CheckRow[] = [
    { part: 'installed', result: 'works', detail: program },
    {
      part: 'version',
      result: version === undefined ? 'fails' : 'works',
      detail: `${version ?? 'it tells none'}${adapter.testedVersion === undefined ? '' : `; tested with ${adapter.testedVersion}`}`,
    },
  ];
  const tried = turnRows(adapter, turns.value);
  const isUsable = tried.every(
    ({ part, result }) => result === 'works' || (part !== 'starts' && part !== 'answers'),
  );
  const live = isDriven ? terminalRows(inTerminal.value) : [NOT_DRIVEN];
  return ok({ model, isUsable, rows: [...about, ...tried, ...live, ...permissionRows(adapter)] });
}

const NOT_DRIVEN: CheckRow = {
  part: 'terminal answers',
  result: 'none',
  detail: 'niia drives it headless only',
};

async function programOf(adapter: AgentAdapter, { env, cwd }: VerbContext): Promise<string | undefined> {
  for (const name of adapter.programs) {
    const found = await findProgram(name, env, cwd);
    if (found !== undefined) return found;
  }
  return undefined;
}

function permissionRows(adapter: AgentAdapter): readonly CheckRow[] {
  return Object.entries(adapter.permissions).map(([permission, { means }]) => ({
    part: `permission ${permission}`,
    result: 'claimed',
    detail: means,
  }));
}

/** The events of a run that a check looks at. */
const eventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('turn-alive'), evidence: z.string() }),
  z.object({
    kind: z.literal('turn-ended'),
    turn: z.number(),
    outcome: z.object({ kind: z.string(), summary: z.string().optional(), message: z.string().optional() }),
  }),
  z.object({
    kind: z.literal('usage'),
    outputTokens: z.number().optional(),
    costUsd: z.number().optional(),
    costFrom: z.string().optional(),
  }),
]);
type CheckEvent = z.infer<typeof eventSchema>;

const PROMPT = 'This is a test of the connection. Use no tools. Reply with the single word: ready';
const SCHEMA = { type: 'object', properties: { ok: { const: true } }, required: ['ok'] };

/** Answered in words, then in JSON. */
function headlessPhase(model: string): object {
  return { name: 'check', model, prompt: PROMPT, output: SCHEMA, session: { transport: 'headless' } };
}

function terminalPhase(model: string): object {
  return { name: 'check', model, prompt: PROMPT, session: { transport: 'terminal' } };
}

async function runTurns(
  context: VerbContext,
  phase: object,
): Promise<Result<readonly CheckEvent[], CliFailure>> {
  const folder = await mkdtemp(join(tmpdir(), 'niia-check-'));
  try {
    const file = join(folder, 'check.connector.json');
    const session = { worktree: false, permission: 'read-only' };
    const pipeline = { phases: [phase] };
    await writeFile(file, JSON.stringify({ connector: '2.1', name: 'agent-check', session, pipeline }));
    const { verb } = await import('../verbs/run.ts');
    const args = await parseArguments(verb.spec, [file, '--json']);
    if (!args.ok) return args;
    const captured = captureTerminal();
    const ended = await verb.run({ ...context, args: args.value, terminal: captured.terminal, cwd: folder });
    return ended.ok || captured.stdout() !== '' ? ok(eventsIn(captured.stdout())) : ended;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function eventsIn(output: string): readonly CheckEvent[] {
  return output.split('\n').flatMap(line => {
    const read = eventSchema.safeParse(line === '' ? undefined : JSON.parse(line));
    return read.success ? [read.data] : [];
  });
}

function turnRows(adapter: AgentAdapter, events: readonly CheckEvent[]): readonly CheckRow[] {
  const alive = events.find(event => event.kind === 'turn-alive');
  const ends = events.flatMap(event => (event.kind === 'turn-ended' ? [event] : []));
  const [first, second] = ends;
  const why = first?.outcome.message ?? 'it gave no sign of life';
  const hasAnswered = first?.outcome.kind === 'answered';
  return [
    { part: 'starts', result: alive || hasAnswered ? 'works' : 'fails', detail: alive?.evidence ?? why },
    {
      part: 'answers',
      result: hasAnswered ? 'works' : 'fails',
      detail: hasAnswered ? (first.outcome.summary ?? '') : why,
    },
    usageRow(adapter, events),
    resumeRow(adapter, second),
  ];
}

function terminalRows(events: readonly CheckEvent[]): readonly CheckRow[] {
  const end = events.find(event => event.kind === 'turn-ended');
  const { kind, summary = '', message = 'it gave no sign of life' } = end?.outcome ?? {};
  if (kind !== 'answered') return [{ part: 'terminal answers', result: 'fails', detail: message }];
  const tokens = outputTokensOf(events);
  return [
    { part: 'terminal answers', result: 'works', detail: summary },
    tokens === 0
      ? { part: 'terminal usage', result: 'fails', detail: 'it noted no tokens' }
      : { part: 'terminal usage', result: 'works', detail: `${tokens} tokens of output` },
  ];
}

function outputTokensOf(events: readonly CheckEvent[]): number {
  const told = events.flatMap(event => (event.kind === 'usage' ? [event] : []));
  return told.reduce((sum, { outputTokens }) => sum + (outputTokens ?? 0), 0);
}

function usageRow({ reports }: AgentAdapter, events: readonly CheckEvent[]): CheckRow {
  if (reports === 'nothing') return { part: 'usage', result: 'none', detail: 'it reports none' };
  const told = events.flatMap(event => (event.kind === 'usage' ? [event] : []));
  const tokens = outputTokensOf(events);
  if (tokens === 0) return { part: 'usage', result: 'fails', detail: 'it told no tokens' };
  const hasCost = told.some(
    ({ costUsd, costFrom }) => costUsd !== undefined && costFrom !== 'list' && costFrom !== 'prices',
  );
  return {
    part: 'usage',
    result: 'works',
    detail: `${tokens} tokens of output, ${hasCost ? 'and their cost' : 'no cost'}`,
  };
}

function resumeRow(
  { canResume }: AgentAdapter,
  second: Extract<CheckEvent, { readonly kind: 'turn-ended' }> | undefined,
): CheckRow {
  if (!canResume) return { part: 'resume', result: 'none', detail: 'every turn starts a conversation' };
  if (second === undefined)
    return { part: 'resume', result: 'claimed', detail: 'not tried: there was no second turn' };
  const { kind, message } = second.outcome;
  if (kind === 'answered')
    return { part: 'resume', result: 'works', detail: 'a second turn went on with the first' };
  return { part: 'resume', result: 'fails', detail: message ?? 'the second turn failed' };
}
