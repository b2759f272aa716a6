import { PTY_PROTOCOL_VERSION, type PtyFailure, type SessionInfo, type Survivor } from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import type { PtyRequestHandlers } from './control-connection.ts';
import { RecordedSource } from './recorded-source.ts';
import type { Session } from './session.ts';
import type { SessionProcesses } from './session-processes.ts';
import type { Sessions } from './sessions.ts';

/** What the requests work on. */
export type RequestContext = {
  readonly sessions: Sessions;
  readonly processes: SessionProcesses;
  readonly startedAt: string;
  /** How many control clients are connected. */
  readonly countClients: () => number;
  readonly onOpened: (session: SessionInfo) => void;
  readonly onReleased: (id: string) => void;
  /** Ends the host after the answer has been sent. */
  readonly shutDown: () => void;
};

/** The host's answers to the requests of the protocol. */
export function createRequestHandlers(context: RequestContext): PtyRequestHandlers {
  const { sessions } = context;
  return {
    hello: () =>
      ok({
        protocolVersion: PTY_PROTOCOL_VERSION,
        pid: process.pid,
        startedAt: context.startedAt,
        node: process.version,
      }),
    open: async spec => {
      const opened = await sessions.open(spec);
      if (!opened.ok) return opened;
      const session = opened.value.session.info();
      if (opened.value.isNew) context.onOpened(session);
      return ok({ session, isNew: opened.value.isNew });
    },
    list: () => ok({ sessions: sessions.all().map(session => session.info()) }),
    read: ({ id, from, maxBytes }) =>
      withSession(sessions, id, session => readOutput(session, from, maxBytes)),
    write: ({ id, text }) =>
      withSession(sessions, id, session => {
        const written = session.write(Buffer.from(text));
        return written.ok ? ok({ queuedBytes: written.value }) : written;
      }),
    endInput: ({ id }) => withSession(sessions, id, session => emptied(session.endInput())),
    resize: ({ id, cols, rows }) =>
      withSession(sessions, id, session => emptied(session.resize({ cols, rows }))),
    signal: ({ id, signal }) => withSession(sessions, id, session => sendSignal(session, signal)),
    stop: ({ id, graceMs }) =>
      withSession(sessions, id, async session => {
        const { exit, survivors } = await session.stop(graceMs);
        return ok({ exit, survivors });
      }),
    release: async ({ id }) => {
      const released = await sessions.release(id);
      if (released.ok) context.onReleased(id);
      return emptied(released);
    },
    render: ({ id, text, sourceOffset, isFinal }) =>
      withSession(sessions, id, async session => {
        const applied = await session.render(text, sourceOffset, isFinal);
        return applied.ok ? ok({ applied: applied.value, renderedTo: session.info().renderedTo }) : applied;
      }),
    reap: ({ ids }) => reap(context, ids),
    status: () => ok(statusOf(context)),
    shutdown: ({ kill }) => shutDown(context, kill),
  };
}

async function withSession<T>(
  sessions: Sessions,
  id: string,
  serve: (session: Session) => Result<T, PtyFailure> | Promise<Result<T, PtyFailure>>,
): Promise<Result<T, PtyFailure>> {
  const session = sessions.get(id);
  return session.ok ? serve(session.value) : session;
}

function emptied(result: Result<null, PtyFailure>): Result<Record<string, never>, PtyFailure> {
  return result.ok ? ok({}) : result;
}

type Piece = { readonly from: number; readonly base64: string; readonly end: number };

async function readOutput(
  session: Session,
  from: number,
  maxBytes: number,
): Promise<Result<Piece, PtyFailure>> {
  const { log, recorder } = session.output;
  const { end } = log;
  if (from >= end) return ok({ from, base64: '', end });
  if (from >= log.start) {
    const target = Buffer.allocUnsafe(Math.min(maxBytes, end - from));
    const count = log.copy(from, target, 0, maxBytes);
    return ok({ from, base64: target.toString('base64', 0, count), end });
  }
  const recorded = new RecordedSource(recorder, session.spec.recordingFile);
  const bytes = await recorded.read(from);
  await recorded.close();
  if (bytes !== null) return ok({ from, base64: bytes.toString('base64', 0, maxBytes), end });
  const message = recorder.failure ?? 'the recording cannot be read';
  return err({ kind: 'output_lost', from, available: log.start, message });
}

async function sendSignal(
  session: Session,
  signal: 'interrupt' | 'terminate' | 'kill',
): Promise<Result<{ readonly survivors: readonly Survivor[] }, PtyFailure>> {
  if (session.exit !== null) return err({ kind: 'session_ended', id: session.id });
  if (signal === 'kill') return ok({ survivors: await session.kill() });
  session.signal(signal);
  return ok({ survivors: [] });
}

async function reap(
  { sessions, processes }: RequestContext,
  ids: readonly string[],
): Promise<Result<{ readonly killed: number; readonly survivors: readonly Survivor[] }, PtyFailure>> {
  const survivors: Survivor[] = [];
  let killed = 0;
  for (const id of ids) {
    if (sessions.get(id).ok) return err({ kind: 'session_running', id });
    const report = await processes.killAll({ id, leader: null, since: 0 });
    killed += report.killed;
    survivors.push(...report.survivors);
  }
  return ok({ killed, survivors });
}

function statusOf({ sessions, countClients }: RequestContext) {
  const all = sessions.all();
  return {
    pid: process.pid,
    sessions: all.length,
    running: sessions.running,
    viewers: all.reduce((sum, session) => sum + session.output.followers, 0),
    clients: countClients(),
    rssBytes: process.memoryUsage.rss(),
  };
}

async function shutDown(
  context: RequestContext,
  kill: boolean,
): Promise<Result<Record<string, never>, PtyFailure>> {
  const alive = context.sessions.all().filter(session => session.exit === null);
  if (context.sessions.running > 0 && !kill)
    return err({ kind: 'sessions_alive', ids: alive.map(session => session.id) });
  await context.sessions.killAll();
  context.shutDown();
  return ok({});
}
