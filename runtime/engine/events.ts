/**
 * The events of a run: what the journal holds, what views are projected from, what clients receive. Written before they
 * are acted on or shown (design §4). Readers of every released version must still load them: fields are only added.
 */
import * as z from 'zod';
import { routeSchema } from '../plan/plan.ts';
import { err, ok, type Result } from '../result.ts';

const name = z.string().min(1).max(700);
const text = z.string();
const count = z.number().int().nonnegative();

/** Why a turn or worker failed (spec §10). */
export const failureReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exit'), code: z.number().int() }),
  z.object({ kind: z.literal('timed_out') }),
  z.object({
    kind: z.literal('unavailable'),
    what: z.enum([
      'not_installed',
      'auth',
      'rate_limited',
      'quota',
      'overloaded',
      'network',
      'no_start',
      'stalled',
    ]),
    /** ISO time at which a rate limit or quota resets, where the CLI told it. */
    until: z.string().optional(),
  }),
  z.object({ kind: z.literal('permission_denied') }),
  z.object({ kind: z.literal('bad_model') }),
  z.object({ kind: z.literal('context_full') }),
  z.object({ kind: z.literal('crashed'), signal: z.string().optional() }),
  z.object({ kind: z.literal('output_invalid') }),
  z.object({ kind: z.literal('merge_conflict') }),
  z.object({ kind: z.literal('limited') }),
  z.object({ kind: z.literal('sandbox_unavailable') }),
  z.object({ kind: z.literal('setup'), code: z.number().int() }),
  z.object({ kind: z.literal('lost') }),
]);

/** How a worker ended (spec §10). */
export const workerOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('succeeded') }),
  z.object({
    kind: z.literal('failed'),
    reason: failureReasonSchema,
    /** For people, one line or few; secrets redacted. */
    message: text,
    /** Last lines of output, secrets redacted. */
    tail: text.optional(),
  }),
  z.object({ kind: z.literal('stopped') }),
  z.object({ kind: z.literal('skipped'), why: text }),
]);

/** How a run ended; maps to the exit codes of design §6. */
export const runOutcomeSchema = z.enum(['succeeded', 'failed', 'no_model', 'limited', 'stopped']);

const worker = { worker: name, attempt: z.number().int().positive() };

/** What a turn tells the model: `TurnInput` of commands.ts. */
const turnInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prompt') }),
  z.object({ kind: z.literal('takeover'), from: text }),
  z.object({ kind: z.literal('misfit'), errors: text }),
]);

const usedSchema = z.object({
  inputTokens: count.optional(),
  outputTokens: count.optional(),
  cacheReadTokens: count.optional(),
  cacheWriteTokens: count.optional(),
  costUsd: z.number().nonnegative().optional(),
});

/** A conversation that is gone on with by a model of the same label. */
const leftConversationSchema = z.object({
  label: text,
  id: text,
  /** What it has used so far, as its CLI told it; absent = not known. */
  used: usedSchema.optional(),
});

const kinds = {
  /** First event of every journal. The plan stands beside it in `plan.json`. */
  'run-started': {
    run: name,
    name: text,
    file: text,
    planHash: text,
    /** Commit the run starts from; absent without a repository. */
    base: text.optional(),
    /** Run and phases that `--phase`/`--from` took base and answers from. */
    from: z.object({ run: name, phases: z.array(name) }).optional(),
    /** Parent run for a run started by a worker, with its depth (root = 0). */
    parent: z.object({ run: name, worker: name }).optional(),
    depth: count,
  },
  /** The daemon took the run up again, after a restart or on `niia resume`. */
  'run-resumed': { why: text },
  /** Somebody asked to stop the whole run, or one worker. */
  'stop-requested': { how: z.enum(['polite', 'now']), worker: name.optional(), by: text },
  /**
   * `niia retry`: these workers (keys) run again; phases after them that had ended are reset. `route` is what
   * `routeOverride` (as the person wrote it) means: it is tried before the planned chain.
   */
  'retry-requested': {
    workers: z.array(name),
    routeOverride: text.optional(),
    route: routeSchema.optional(),
    by: text,
  },
  'phase-started': { phase: name },
  /** A person is needed before the phase starts (`gate`). */
  'gate-opened': { phase: name },
  'gate-approved': { phase: name, by: text },
  /** A person has to choose one worker's branch (`merge: "pick"`). */
  'pick-opened': { phase: name, candidates: z.array(name) },
  picked: { phase: name, worker: name, by: text },
  /** `queued → preparing`. */
  'worker-started': worker,
  'worktree-ready': {
    ...worker,
    dir: text,
    /** Absent for a worker that works in place. */
    slug: text.optional(),
    branch: text.optional(),
    base: text.optional(),
    /** The git directory of the worktree, remembered because the worktree's own `.git` is not trusted. */
    gitDir: text.optional(),
    /** What the CLI of an earlier run left here, for the first turn to go on with (spec §3 `resume`). */
    conversation: leftConversationSchema.optional(),
    note: text.optional(),
  },
  /** A process was opened in the PTY host. */
  'session-opened': {
    ...worker,
    session: name,
    purpose: z.enum(['setup', 'step', 'turn']),
    transport: z.enum(['terminal', 'headless']),
  },
  /** The engine wants this turn: model and input are fixed from here on, also over a restart. → `starting`. */
  'turn-requested': {
    ...worker,
    turn: z.number().int().positive(),
    /** Index in the worker's chain. */
    route: count,
    label: text,
    input: turnInput,
  },
  /** Its process was started; `starting → working` comes with its first sign of life. */
  'turn-started': {
    ...worker,
    turn: z.number().int().positive(),
    /** Index in the worker's chain. */
    route: count,
    label: text,
    conversation: text.optional(),
  },
  'turn-alive': { ...worker, evidence: text, conversation: text.optional() },
  /** What speaks of the CLI's state disagrees: shown, and never taken for an end. `turn-alive` ends it. */
  'turn-unknown': { ...worker, evidence: text },
  'turn-ended': {
    ...worker,
    turn: z.number().int().positive(),
    outcome: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('answered'),
        /** File of the answer, relative to the run directory; the text is not in the journal. */
        answerFile: text,
        /** First line, shortened, for views. */
        summary: text,
      }),
      z.object({
        kind: z.literal('failed'),
        reason: failureReasonSchema,
        message: text,
        tail: text.optional(),
      }),
      z.object({ kind: z.literal('stopped') }),
    ]),
    /** For an answer with an `output` schema: whether it fits, with the errors if not (spec §5 `output`). */
    misfit: text.optional(),
  },
  /** The CLI reports that it retries, or refused a tool: shown on the worker. */
  'agent-note': { ...worker, what: z.enum(['retrying', 'denied', 'other']), text },
  usage: {
    ...worker,
    turn: count,
    alias: text.optional(),
    label: text,
    ...usedSchema.shape,
    /** Who says so: the CLI, the user's prices, or public list prices. Absent in journals of before: the CLI. */
    costFrom: z.enum(['cli', 'prices', 'list']).optional(),
  },
  /** What a run that one of the workers started has come to by now, with all runs below it (spec §8). */
  'child-spent': {
    child: name,
    worker: name,
    /** Workers started. */
    agents: count,
    costUsd: z.number().nonnegative(),
    /** Reports of use whose cost nobody knows. */
    unpriced: count,
    /** Whether some of it is by list prices. */
    isEstimate: z.boolean(),
  },
  /** The next model of the chain takes over. */
  failover: { ...worker, from: count, to: count, why: failureReasonSchema, message: text },
  /** A model (label) is not used by this run: until the time, or for the rest of the run. */
  'model-down': { label: text, why: failureReasonSchema, until: text.optional() },
  'model-up': { label: text },
  /** The worker waits for the earliest reset of its chain. */
  parked: { ...worker, until: text },
  unparked: worker,
  /** A person is needed: a step with intent `write`, a permission or a question of the CLI. */
  'answer-needed': {
    ...worker,
    what: z.enum(['permission', 'question']),
    text,
    /** Of one question that takes one of them. */
    choices: z.array(text).optional(),
    /** Why a CLI is believed to wait. */
    evidence: text.optional(),
    /** Name of the step, for a step that wants to write. */
    step: name.optional(),
  },
  'answer-given': { ...worker, by: text, text, isGranted: z.boolean() },
  'step-ended': {
    ...worker,
    step: name,
    exit: z.object({ code: z.number().int().nullable(), signal: text.nullable() }),
    durationMs: z.number().nonnegative(),
    lines: count,
    /** Names of the matching rules. */
    matched: z.array(text),
    /** `next` that names no step: suggestions for the user and the model. */
    suggestions: z.array(text),
    /** Steps that the matching rules name: they run next, in this order. */
    next: z.array(name),
    /** Absent = the step is fine (spec §5.3: non-zero exit without a matching `exit:` rule fails). */
    failure: z.object({ reason: failureReasonSchema, message: text, tail: text }).optional(),
    /** File of its output, relative to the run directory. */
    outputFile: text,
  },
  /** The worker's changes are on its branch; `commit` absent = it changed nothing. */
  committed: { ...worker, commit: text.optional(), files: count },
  /** After a stop: nothing of the attempt runs any more, but for these processes, which could not be ended. */
  'worker-quiet': { ...worker, survivors: z.array(z.number().int()).optional() },
  'worker-ended': { ...worker, outcome: workerOutcomeSchema },
  /** The worker's branch is in the run branch, whose head is now `head`. */
  merged: { phase: name, worker: name, head: text },
  'merge-conflict': { phase: name, worker: name, branch: text, files: z.array(text) },
  'phase-ended': {
    phase: name,
    outcome: z.enum(['succeeded', 'failed', 'stopped', 'skipped', 'limited']),
    /** Why, where its workers do not say it. */
    message: text.optional(),
  },
  'limit-reached': {
    limit: z.enum(['max_depth', 'max_total_agents', 'max_cost_usd', 'max_messages']),
    message: text,
  },
  'worktree-removed': { slug: text, dir: text },
  /** Kept because something in it exists nowhere else; says what and where. */
  'worktree-kept': { slug: text, dir: text, branch: text.optional(), why: text },
  'branch-removed': { branch: text },
  /** Something worth knowing that changes nothing: shown in the log of the run. */
  note: { level: z.enum(['info', 'warning', 'error']), text, worker: name.optional() },
  'run-ended': { outcome: runOutcomeSchema, message: text },
} as const;

/** Names of all event kinds. */
export type EventKind = keyof typeof kinds;

/** All event kinds. */
// Object.keys forgets what the keys are.
export const eventKinds = Object.keys(kinds) as readonly EventKind[];

/** What an event of one kind carries, besides the envelope. */
export type EventData<K extends EventKind> = z.infer<z.ZodObject<(typeof kinds)[K]>>;

/** An event as the engine makes it; the journal adds `v`, `seq` and `at`. */
export type NewEvent = { [K in EventKind]: { readonly kind: K } & Readonly<EventData<K>> }[EventKind];

/** What the journal adds to every event. */
export interface EventEnvelope {
  readonly v: 1;
  /** 1-based, without gaps. */
  readonly seq: number;
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string;
}

/** An event of the journal. */
export type RunEvent = EventEnvelope & NewEvent;

/** One kind of journal event. */
export type RunEventOf<K extends EventKind> = Extract<RunEvent, { readonly kind: K }>;

const envelope = { v: z.literal(1), seq: z.number().int().positive(), at: z.string() };

const schemas: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries(kinds).map(([kind, shape]) => [
    kind,
    z.object({ ...envelope, kind: z.literal(kind), ...shape }),
  ]),
);

/** Why something is no event: another program version wrote it, or it is broken. */
export type EventFailure =
  | { readonly kind: 'unknown-kind'; readonly eventKind: string }
  | { readonly kind: 'invalid'; readonly message: string };

/** Reads one event of a journal. Unknown fields are dropped. */
export function readRunEvent(value: unknown): Result<RunEvent, EventFailure> {
  const head = z.object({ kind: z.string() }).safeParse(value);
  if (!head.success) return err({ kind: 'invalid', message: 'it is no object with a "kind"' });
  const schema = schemas.get(head.data.kind);
  if (schema === undefined) return err({ kind: 'unknown-kind', eventKind: head.data.kind });
  const event = schema.safeParse(value);
  if (!event.success) return err({ kind: 'invalid', message: z.prettifyError(event.error) });
  // The schema was looked up by kind in the table RunEvent is built from; the map loses that pairing.
  return ok(event.data as RunEvent);
}

/** Schema of an event, for messages that carry one. Journals are read with `readRunEvent`, which says more. */
export const runEventSchema: z.ZodType<RunEvent> = z.unknown().transform((value, context) => {
  const event = readRunEvent(value);
  if (event.ok) return event.value;
  const { failure } = event;
  const message = failure.kind === 'invalid' ? failure.message : `unknown event kind "${failure.eventKind}"`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** How a worker ended. */
export type WorkerOutcome = z.infer<typeof workerOutcomeSchema>;
/** How a run ended. */
export type RunOutcome = z.infer<typeof runOutcomeSchema>;
