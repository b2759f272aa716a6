/**
 * The plan of a run: everything that is known before a process starts, as plain JSON. The planner makes it, people
 * read it (`niia plan`), the daemon checks it on receipt, stores it as `plan.json` and executes it. It holds no secret:
 * `${env:NAME}` stays as written until a session starts.
 */
import * as z from 'zod';
import { declaredAgentSchema } from '../agents/declared.ts';

const text = z.string().max(4_000_000);
const name = z.string().min(1).max(300);
const path = z.array(z.union([z.string(), z.number().int()])).readonly();
const texts = z.array(text).readonly();
const textMap = z.record(z.string(), text).readonly();

/** Who may do what without asking (spec §3 `permission`). */
export const permissionSchema = z.enum(['read-only', 'ask', 'edit', 'full']);

/** One way to reach a model: an entry of a worker's failover chain (spec §4). */
export const routeSchema = z
  .object({
    /** Alias of the connector file it came from; absent for a literal model. Costs are summed by it. */
    alias: name.optional(),
    /** Name of the agent adapter: `shell`, `claude`, …, or `command` for an inline argv. */
    adapter: name,
    /** Model passed to the CLI; absent = the CLI's own default. */
    model: z.string().max(300).optional(),
    /** How people see it: `claude`, `claude (opus)`, `my-cli`. */
    label: name,
    /** Extra argv of the route, placeholders unresolved. */
    args: texts,
    /** Extra environment of the route, `${env:NAME}` unresolved. */
    env: textMap,
    /** Inline argv for adapter `command`. */
    command: texts.optional(),
    /** How the user's configuration describes the CLI; absent for built-in ones. */
    declared: declaredAgentSchema.optional(),
    onRateLimit: z.enum(['failover', 'wait', 'fail']).optional(),
    /** Absolute path of the program found when planning; absent = not found then (looked up again at run time). */
    program: z.string().optional(),
    /** Version the program reported, if it was asked. */
    version: z.string().optional(),
    /** The command line as it will be run, with `{prompt}` and ids left as placeholders: for people. */
    preview: texts,
    /** Whether the prompt goes in by stdin (then it is not in `preview`). */
    readsStdin: z.boolean().optional(),
    /** It runs in its own live terminal; absent = headless. */
    transport: z.literal('terminal').optional(),
    /** What the permission becomes for this CLI, in words. */
    permissionNote: z.string(),
    /** What the permission becomes as arguments of this CLI; part of `preview`. */
    permissionArgs: texts.optional(),
  })
  .readonly();

/** A deterministic command (spec §5.3), ready to run. */
export const stepSchema = z
  .object({
    name,
    path,
    binary: text,
    args: texts,
    intent: z.enum(['read', 'write']),
    cwd: z.string().optional(),
    timeoutMs: z.number().int().positive().optional(),
    rules: z
      .array(
        z
          .object({
            name: z.string(),
            match: z.discriminatedUnion('kind', [
              z.object({ kind: z.enum(['lines_over', 'lines_under']), lines: z.number().int() }).readonly(),
              z.object({ kind: z.literal('exit'), code: z.number().int() }).readonly(),
              z.object({ kind: z.literal('contains'), text: z.string() }).readonly(),
              z.object({ kind: z.literal('regex'), pattern: z.string() }).readonly(),
              z.object({ kind: z.literal('json'), jsonPath: z.string() }).readonly(),
            ]),
            next: texts,
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

/** Where a worker works. */
export const placeSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('worktree'),
      /** Slug with `{run}` left in, everything else expanded and made safe. */
      slug: name,
      /** The directory it will most likely get; the run says the final one. */
      dir: z.string(),
      /** Slug of an existing worktree session to go on with (`resume`). */
      resume: name.optional(),
    })
    .readonly(),
  z
    .object({
      kind: z.literal('in-place'),
      dir: z.string(),
      reason: z.enum(['asked', 'no-repository']),
    })
    .readonly(),
]);

/** One worker with everything resolved that can be before the run. */
export const workerSchema = z
  .object({
    /** `<phase>/<id>`: its name in events, commands and branches. */
    key: name,
    id: name,
    phase: name,
    /** 1-based place among the workers of its phase, and how many there are. */
    index: z.number().int().positive(),
    of: z.number().int().positive(),
    path,
    description: z.string().optional(),
    /** Prompt template; the text of a prompt file is read when planning. Absent only for steps-only workers. */
    prompt: text.optional(),
    /** Role text of a participant or agent. */
    role: text.optional(),
    /** Failover chain, first choice first. Empty for a worker that only runs steps. */
    routes: z.array(routeSchema).readonly(),
    place: placeSchema,
    permission: permissionSchema,
    /** Session environment, `${env:NAME}` and placeholders unresolved. */
    env: textMap,
    /** What is asked for; a route that cannot be driven in its terminal runs headless all the same. */
    transport: z.enum(['terminal', 'headless']),
    timeoutMs: z.number().int().positive().optional(),
    startTimeoutMs: z.number().int().positive(),
    stallTimeoutMs: z.number().int().positive(),
    onRateLimit: z.enum(['failover', 'wait', 'fail']),
    setup: texts.optional(),
    /** False, or that an OS sandbox is asked for (spec §3). */
    sandbox: z
      .union([
        z.literal(false),
        z
          .object({
            network: z.union([texts, z.literal(false)]).optional(),
            write: texts,
            readDeny: texts,
          })
          .readonly(),
      ])
      .optional(),
    /** Names of machines, one or a pool; absent = here. */
    machine: texts.optional(),
    /** Absolute path of a sub-connector this worker runs instead of a model. */
    connector: z.string().optional(),
  })
  .readonly();

/** One phase, ready to execute. */
export const phaseSchema = z
  .object({
    name,
    path,
    kind: z.enum(['workers', 'dialogue', 'meeting', 'mesh']),
    description: z.string().optional(),
    /** Phases of this plan that end before this one starts. */
    needs: texts,
    /** Phases it builds on that are not in this plan (`--phase`, `--from`): their answers come from an earlier run. */
    earlier: texts.optional(),
    workers: z.array(workerSchema).min(1).max(1000).readonly(),
    /** At most so many workers at once: 1 for `parallel: false`. */
    maxParallel: z.number().int().positive(),
    steps: z.array(stepSchema).readonly(),
    retries: z.number().int().nonnegative(),
    onFailure: z.enum(['stop', 'continue']),
    merge: z.enum(['auto', 'none', 'pick']),
    /** JSON Schema that every answer must fit. */
    output: z.unknown().optional(),
    gate: z.literal('approve').optional(),
  })
  .readonly();

/** Something the planner has to say. A blocker makes `niia run` refuse before anything starts. */
export const planNoteSchema = z
  .object({
    severity: z.enum(['blocker', 'warning', 'note']),
    /** Stable, kebab-case. */
    code: name,
    /** What is the matter and what to do. */
    message: z.string(),
    path: path.optional(),
    /** Variables whose values (`--var`) would settle it: who starts a run can be asked for them. */
    variables: texts.optional(),
    /** Exit code `niia run` ends with because of this blocker (design §6): 2 unless no model is available (3). */
    exitCode: z.number().int().optional(),
  })
  .readonly();

/** The whole plan. */
export const planSchema = z
  .object({
    v: z.literal(1),
    /** Absolute path of the connector file, and its text's SHA-256 (hex). */
    file: z.string(),
    fileHash: z.string(),
    name,
    task: text.optional(),
    vars: textMap,
    /** The repository the run works in; absent = none. */
    repository: z
      .object({
        root: z.string(),
        commonDir: z.string(),
        /** Full commit id of HEAD: the base of the run unless `from` says otherwise. */
        head: z.string(),
        /** Absent = detached HEAD. */
        branch: z.string().optional(),
        isDirty: z.boolean(),
      })
      .readonly()
      .optional(),
    /** Absolute folder workers with `worktree: false` run in. */
    workspace: z.string(),
    /** True for a file without topology: one live session, phase `session`, worker `1`. */
    isInteractive: z.boolean(),
    phases: z.array(phaseSchema).readonly(),
    scratchpad: z.boolean(),
    /** Text of `agent.flow`, given to every agent at its start. */
    flow: text.optional(),
    limits: z
      .object({
        maxDepth: z.number().int().nonnegative(),
        maxTotalAgents: z.number().int().positive(),
        maxCostUsd: z.number().nonnegative().optional(),
        timeoutPerAgentMs: z.number().int().positive().optional(),
        maxMessages: z.number().int().positive(),
      })
      .readonly(),
    /** The user's own session plugins: argv each (docs/session-plugins.md). */
    sessionPlugins: z.array(texts).readonly(),
    /** MCP servers that every worker's CLI is given (spec §7), by name: their definitions may hold secrets. */
    mcpServers: z.array(name).readonly().optional(),
    /** `--yes`: write-intent steps run unasked, gates are approved. */
    yes: z.boolean(),
    /** Whether somebody can answer gates, picks and questions (terminal, editor, `--detach`). */
    isAttended: z.boolean(),
    notes: z.array(planNoteSchema).readonly(),
  })
  .readonly();

/** The plan of a run (see the module comment). */
export type Plan = z.infer<typeof planSchema>;
/** One phase of a plan. */
export type PlannedPhase = z.infer<typeof phaseSchema>;
/** One worker of a plan. */
export type PlannedWorker = z.infer<typeof workerSchema>;
/** One entry of a worker's failover chain. */
export type PlannedRoute = z.infer<typeof routeSchema>;
/** One deterministic command of a phase. */
export type PlannedStep = z.infer<typeof stepSchema>;
/** A remark of the planner. */
export type PlanNote = z.infer<typeof planNoteSchema>;
