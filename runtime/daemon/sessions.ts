/** Sessions as clients see them: the PTY host's, with the runs and workers they belong to. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Params, Responses, RpcFailure, SessionRow } from '../protocol.ts';
import { Screens } from '../pty/screen.ts';
import type { PtyFailure, SessionInfo } from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { failureText } from '../runner/run-turn.ts';
import { failure, unknownSession } from './failure.ts';
import type { PtyLink } from './pty-link.ts';
import { readIfThere } from './run-dir.ts';
import type { RunManager } from './run-manager.ts';
import { waitIdle } from './wait-idle.ts';
import { withPathFirst } from './worker-program.ts';

type Answer<M extends keyof Responses> = Promise<Result<Responses[M], RpcFailure>>;

/** Time between interrupt, terminate and kill of a session that is stopped politely, in ms. */
const STOP_GRACE_MS = 5_000;

/** What sessions need. */
export interface SessionsOptions {
  readonly pty: PtyLink;
  readonly runs: RunManager;
  /** Where sessions outside of runs are recorded. */
  readonly recordingsDir: string;
  readonly binDir: string;
}

/** Whose a session is. */
interface Owner {
  readonly run: string;
  readonly worker: string;
  /** File of the last answer, absolute. */
  readonly answerFile?: string;
}

/** Serves sessions to clients. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #screens = new Screens();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Opens a session outside of any run. One of that name that has ended makes room. */
  async open({ session, argv, cwd, env, cols, rows }: Params<'session/open'>): Answer<'session/open'> {
    const { pty, recordingsDir, binDir } = this.#options;
    const known = (await pty.list()).find(each => each.id === session);
    if (known !== undefined && (known.exit === null || this.#owners().has(session)))
      return err(failure('session-exists', `There is a session "${session}" already.`, 2));
    if (known !== undefined) await pty.release(session);
    await mkdir(recordingsDir, { recursive: true, mode: 0o700 });
    const opened = await pty.open({
      id: session,
      kind: 'pty',
      argv: [...argv],
      cwd,
      env: { ...withPathFirst(env, binDir) },
      cols,
      rows,
      recordingFile: join(recordingsDir, `${session}.cast`),
    });
    return opened.ok ? ok({ session, pid: opened.value.session.pid }) : err(asRpc(session, opened.failure));
  }

  /** All sessions, those that have ended too until their run ends. */
  async list(): Answer<'session/list'> {
    const owners = this.#owners();
    const sessions = await this.#options.pty.list();
    return ok({ sessions: sessions.map(info => rowOf(info, owners.get(info.id))) });
  }

  /** Types into a session. */
  async write({ session, text }: Params<'session/write'>): Answer<'session/write'> {
    const written = await this.#options.pty.write(session, text);
    return written.ok ? ok({}) : err(asRpc(session, written.failure));
  }

  /** Answers when the session has nothing to do. */
  async waitIdle(params: Params<'session/wait-idle'>, signal: AbortSignal): Answer<'session/wait-idle'> {
    const info = await this.#info(params.session);
    if (info === undefined) return err(unknownSession(params.session));
    const idle = await waitIdle(this.#options.pty, info, { signal, timeoutMs: params.timeoutMs });
    if (idle !== undefined) return ok(idle);
    return err(failure('not-idle', `Session "${params.session}" was not idle in time.`));
  }

  /** The last answer of the worker whose session it is, else what is on the screen. */
  async answer({ session }: Params<'session/answer'>): Answer<'session/answer'> {
    const file = this.#owners().get(session)?.answerFile;
    const text = file === undefined ? undefined : await readIfThere(file);
    if (text !== undefined) return ok({ answer: text, source: 'answer' });
    const screen = await this.screen({ session });
    return screen.ok ? ok({ answer: screen.value.text, source: 'screen' }) : screen;
  }

  /** The screen, rebuilt from the recording. */
  async screen({ session }: Params<'session/screen'>): Answer<'session/screen'> {
    const info = await this.#info(session);
    if (info === undefined) return err(unknownSession(session));
    const shown = await this.#screens.screen(info.recordingFile);
    if (!shown.ok) return err(failure('no-screen', shown.failure.message));
    const { ansi, text, cols, rows, offset } = shown.value;
    return ok({ ansi, text, cols, rows, offset });
  }

  /** Ends a session with everything it started. */
  async stop({ session, how }: Params<'session/stop'>): Answer<'session/stop'> {
    const { pty } = this.#options;
    const ended = await (how === 'now' ? pty.kill(session) : pty.stop(session, STOP_GRACE_MS));
    if (!ended.ok) return err(asRpc(session, ended.failure));
    return ok({ survivors: ended.value.survivors.map(({ pid }) => pid) });
  }

  async #info(session: string): Promise<SessionInfo | undefined> {
    return (await this.#options.pty.list()).find(({ id }) => id === session);
  }

  #owners(): ReadonlyMap<string, Owner> {
    const owners = new Map<string, Owner>();
    for (const live of this.#options.runs.live) {
      for (const { workers } of live.view().phases) {
        for (const { key, sessions, answer } of workers) {
          const answerFile = answer === undefined ? {} : { answerFile: join(live.dir.root, answer.file) };
          for (const session of sessions) owners.set(session, { run: live.run, worker: key, ...answerFile });
        }
      }
    }
    return owners;
  }
}

function rowOf(info: SessionInfo, owner: Owner | undefined): SessionRow {
  const { id, pid, exit, recordingFile, startedAt, argv } = info;
  return {
    session: id,
    ...(owner === undefined ? {} : { run: owner.run, worker: owner.worker }),
    argv,
    state: exit === null ? 'running' : 'ended',
    ...(exit === null ? { pid } : { exit: { code: exit.code, signal: exit.signal } }),
    recordingFile,
    startedAt,
  };
}

function asRpc(session: string, value: PtyFailure): RpcFailure {
  switch (value.kind) {
    case 'no_such_session':
      return unknownSession(session);
    case 'session_ended':
      return failure('session-ended', `Session "${session}" has ended.`, 2);
    case 'input_full':
      return failure(
        'input-full',
        `Session "${session}" does not read its input: ${value.queuedBytes} of ${value.limitBytes} bytes wait already.`,
      );
    default:
      return failure(value.kind, failureText(value));
  }
}
