/**
 * Every control message between the PTY host and those who use it (daemon, CLI, editor), with its schema.
 *
 * Control is JSON-RPC. Terminal bytes never travel here: viewers have a stream of their own (runtime/pty/frames.ts).
 * The host validates parameters, the client validates results and events, from this one table. Expected failures
 * are values inside results; a JSON-RPC error means that one side has a bug.
 */
import * as z from 'zod';
import type { Result } from './result.ts';

/** Version of control messages and viewer frames; a host and a client of different versions refuse each other. */
export const PTY_PROTOCOL_VERSION = 1;

/** Largest piece `read` returns, in bytes. */
export const MAX_READ_BYTES = 256 * 1024;

/** Environment variable that marks every process of a session with the session's id; the host adds it. */
export const SESSION_MARKER = 'NIIA_SESSION';

/** Environment variable that names the socket of the host a session lives in, so that two hosts never mix up ids. */
export const HOST_MARKER = 'NIIA_PTY_HOST';

const bytes = z.number().int().nonnegative();
const columns = z.number().int().min(1).max(1000);

/** Id of a session, chosen by the caller: it names files and environment values, hence the narrow alphabet. */
export const sessionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,200}$/, 'a session id is 1 to 200 characters of A-Z a-z 0-9 . _ -');

/** What `open` needs to know about a session. */
export const sessionSpecSchema = z
  .object({
    id: sessionIdSchema,
    /** `pty`: a real terminal. `pipe`: stdout and stderr go to files; viewers see what `render` is given. */
    kind: z.enum(['pty', 'pipe']),
    /** Program and arguments; no shell is involved. The program is looked up on PATH of `env`. */
    argv: z.array(z.string()).min(1).readonly(),
    /** Absolute path of an existing directory. */
    cwd: z.string().min(1),
    /** The complete environment; nothing is inherited from the host. The session markers are added. */
    env: z.record(z.string(), z.string()).readonly(),
    cols: columns,
    rows: columns,
    /** Where what viewers see is recorded, as asciicast v2. An existing file is moved aside, never overwritten. */
    recordingFile: z.string().min(1),
    /** `pipe` only, and required there: raw stdout; stderr goes to the same name plus `.err`. */
    outputFile: z.string().min(1).optional(),
    /** `pipe` only: whether the child gets a standard input that can be written to. Default `none`. */
    stdin: z.enum(['none', 'open']).optional(),
    /**
     * `pipe` only: a file that is the child's standard input, instead of `stdin`. It is there whole from the start, so
     * that a caller that dies right after `open` leaves no child waiting for input.
     */
    inputFile: z.string().min(1).optional(),
    /**
     * Secret texts that the recording hides, each byte of them by an asterisk. Viewers that are attached see what the
     * program prints; nothing of this list is written anywhere.
     */
    mask: z.array(z.string().min(1).max(65_536)).max(10_000).readonly().optional(),
    /** Title in the recording's header. */
    title: z.string().optional(),
    /** Most input bytes that wait for a child that does not read; more is refused. */
    maxInputBytes: z
      .number()
      .int()
      .min(1)
      .default(1024 * 1024),
    /** Leave processes alive that outlive the session's leader. Default: they are killed and counted. */
    keepLeftovers: z.boolean().optional(),
  })
  .refine(spec => spec.kind === 'pty' || spec.outputFile !== undefined, {
    message: 'a session of kind "pipe" needs outputFile',
    path: ['outputFile'],
  })
  .readonly();

/** What a caller gives to `open`. */
export type SessionSpec = z.input<typeof sessionSpecSchema>;

/** A session's specification after validation, defaults filled in. */
export type ValidSessionSpec = z.output<typeof sessionSpecSchema>;

/** A process that could not be killed, and why. */
export const survivorSchema = z
  .object({ pid: z.number().int(), command: z.string(), reason: z.string() })
  .readonly();

/** A process that could not be killed, and why. */
export type Survivor = z.infer<typeof survivorSchema>;

/** How a session ended. Exactly one of `code` and `signal` is set. */
export const sessionExitSchema = z
  .object({
    code: z.number().int().nullable(),
    signal: z.string().nullable(),
    /** Logical offset of the last byte of output; of a `pipe` session, as rendered when its child ended. */
    end: bytes,
    /** `pipe`: bytes of stdout and stderr in their files. 0 for terminals. */
    stdoutBytes: bytes,
    stderrBytes: bytes,
    /** Processes of the session that outlived its leader (killed unless `keepLeftovers`). */
    leftovers: bytes,
    survivors: z.array(survivorSchema).readonly(),
    /** ISO 8601. */
    endedAt: z.string(),
  })
  .readonly();

/** How a session ended. */
export type SessionExit = z.infer<typeof sessionExitSchema>;

/** What the host knows about one session. */
export const sessionInfoSchema = z
  .object({
    id: sessionIdSchema,
    kind: z.enum(['pty', 'pipe']),
    argv: z.array(z.string()).readonly(),
    pid: z.number().int(),
    cols: columns,
    rows: columns,
    startedAt: z.string(),
    /** Logical offset: bytes of output (of rendered text, for `pipe`) since the start. */
    end: bytes,
    stdoutBytes: bytes,
    stderrBytes: bytes,
    /** `pipe`: highest `sourceOffset` given to `render`; -1 before the first. */
    renderedTo: z.number().int().min(-1),
    viewers: bytes,
    recordingFile: z.string(),
    /** Why the recording stopped; null while it is whole. */
    recordingFailure: z.string().nullable(),
    /** null while the session's leader lives or its last output is being read. */
    exit: sessionExitSchema.nullable(),
  })
  .readonly();

/** What the host knows about one session. */
export type SessionInfo = z.infer<typeof sessionInfoSchema>;

/** Why a request was not served. */
export const ptyFailureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('version_mismatch'), host: z.number(), client: z.number() }),
  z.object({ kind: z.literal('unauthorized'), message: z.string() }),
  z.object({ kind: z.literal('spawn_failed'), code: z.string(), message: z.string() }),
  z.object({ kind: z.literal('no_such_session'), id: z.string() }),
  z.object({ kind: z.literal('session_ended'), id: z.string() }),
  z.object({ kind: z.literal('session_running'), id: z.string() }),
  z.object({ kind: z.literal('wrong_kind'), id: z.string(), message: z.string() }),
  z.object({ kind: z.literal('input_full'), queuedBytes: z.number(), limitBytes: z.number() }),
  z.object({ kind: z.literal('output_lost'), from: z.number(), available: z.number(), message: z.string() }),
  z.object({ kind: z.literal('sessions_alive'), ids: z.array(z.string()) }),
  z.object({ kind: z.literal('host_gone'), message: z.string() }),
  z.object({ kind: z.literal('protocol'), message: z.string() }),
]);

/** Why a request was not served. `host_gone` and `protocol` are found by the client itself. */
export type PtyFailure = z.infer<typeof ptyFailureSchema>;

const nothing = z.object({});
const bySession = z.object({ id: sessionIdSchema });

/**
 * Client → host. Each entry: schema of parameters, schema of the value that comes back when it works.
 *
 * - `hello` first, once per connection; everything else is refused before it.
 * - `open` is idempotent by id: a known session, alive or ended, is returned and not spawned again, until `release`.
 * - `read` copies at most MAX_READ_BYTES of output from a logical offset; less when there is less.
 * - `write` queues input; beyond `maxInputBytes` the whole text is refused.
 * - `endInput` closes the standard input of a `pipe` session.
 * - `signal`: `interrupt` and `terminate` go to the process group (and the terminal's foreground group); `kill` ends
 *   every process of the session and returns those it could not end.
 * - `stop`: interrupt, wait, terminate, wait, kill, as one call.
 * - `release` forgets an ended session.
 * - `render` appends text to what viewers of a `pipe` session see, unless `sourceOffset` is not beyond what was
 *   rendered before; `isFinal` ends the transcript.
 * - `reap` kills what carries the markers of sessions that this host does not know (its predecessor died).
 */
export const ptyRequests = {
  hello: {
    params: z.object({ protocolVersion: z.number(), token: z.string(), events: z.boolean().default(true) }),
    result: z.object({
      protocolVersion: z.number(),
      pid: z.number(),
      startedAt: z.string(),
      node: z.string(),
    }),
  },
  open: {
    params: sessionSpecSchema,
    result: z.object({ session: sessionInfoSchema, isNew: z.boolean() }),
  },
  list: { params: nothing, result: z.object({ sessions: z.array(sessionInfoSchema).readonly() }) },
  read: {
    params: z.object({
      id: sessionIdSchema,
      from: bytes,
      maxBytes: z.number().int().min(1).max(MAX_READ_BYTES),
    }),
    result: z.object({ from: bytes, base64: z.string(), end: bytes }),
  },
  write: {
    params: z.object({ id: sessionIdSchema, text: z.string() }),
    result: z.object({ queuedBytes: bytes }),
  },
  endInput: { params: bySession, result: nothing },
  resize: {
    params: z.object({ id: sessionIdSchema, cols: columns, rows: columns }),
    result: nothing,
  },
  signal: {
    params: z.object({ id: sessionIdSchema, signal: z.enum(['interrupt', 'terminate', 'kill']) }),
    result: z.object({ survivors: z.array(survivorSchema).readonly() }),
  },
  stop: {
    params: z.object({ id: sessionIdSchema, graceMs: z.number().int().min(0).max(600_000) }),
    result: z.object({ exit: sessionExitSchema.nullable(), survivors: z.array(survivorSchema).readonly() }),
  },
  release: { params: bySession, result: nothing },
  render: {
    params: z.object({
      id: sessionIdSchema,
      text: z.string(),
      sourceOffset: bytes,
      isFinal: z.boolean().default(false),
    }),
    result: z.object({ applied: z.boolean(), renderedTo: z.number().int().min(-1) }),
  },
  reap: {
    params: z.object({ ids: z.array(sessionIdSchema).readonly() }),
    result: z.object({ killed: bytes, survivors: z.array(survivorSchema).readonly() }),
  },
  status: {
    params: nothing,
    result: z.object({
      pid: z.number(),
      sessions: bytes,
      running: bytes,
      viewers: bytes,
      clients: bytes,
      rssBytes: bytes,
    }),
  },
  shutdown: { params: z.object({ kill: z.boolean() }), result: nothing },
} as const;

/** Name of a request. */
export type PtyRequestName = keyof typeof ptyRequests;

/** Parameters of a request, as the client writes them. */
export type PtyParams<N extends PtyRequestName> = z.input<(typeof ptyRequests)[N]['params']>;

/** Parameters of a request after validation. */
export type PtyValidParams<N extends PtyRequestName> = z.output<(typeof ptyRequests)[N]['params']>;

/** What a request gives when it works. */
export type PtyValue<N extends PtyRequestName> = z.output<(typeof ptyRequests)[N]['result']>;

/** What a request gives. */
export type PtyResult<N extends PtyRequestName> = Result<PtyValue<N>, PtyFailure>;

/** Shape of every answer; the value is validated by the request's own schema. */
export const ptyAnswerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), failure: ptyFailureSchema }),
]);

/**
 * Host → every control client that asked for events.
 *
 * - `opened`, `exit`: once per session. `exit` comes after all output has been read.
 * - `output`: new end offsets, collected over 50 ms, one entry per session that moved.
 * - `recording_failed`: the session goes on, but its recording stopped (disk full, directory gone).
 * - `released`: the id is free again.
 * - `ending`: the last message of a host that ends, after all answers. The client closes the connection.
 */
export const ptyEvents = {
  opened: z.object({ session: sessionInfoSchema }),
  output: z.object({
    sessions: z.array(z.object({ id: sessionIdSchema, end: bytes, stdoutBytes: bytes, stderrBytes: bytes })),
  }),
  exit: z.object({ id: sessionIdSchema, exit: sessionExitSchema }),
  recording_failed: z.object({ id: sessionIdSchema, file: z.string(), message: z.string() }),
  released: z.object({ id: sessionIdSchema }),
  ending: nothing,
} as const;

/** Name of an event. */
export type PtyEventName = keyof typeof ptyEvents;

/** Payload of an event. */
export type PtyEvent<N extends PtyEventName> = z.output<(typeof ptyEvents)[N]>;

/** First line of a viewer's stream, JSON, ended by a line feed, at most 4096 bytes. */
export const attachLineSchema = z.object({
  attach: sessionIdSchema,
  protocolVersion: z.number(),
  token: z.string(),
  /** Logical offset to start from; beyond the end means from now on. */
  from: bytes,
  /** A terminal that answers queries (device attributes, cursor position, colours) by itself. */
  isInteractive: z.boolean(),
});

/** First line of a viewer's stream. */
export type AttachLine = z.infer<typeof attachLineSchema>;
