import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PtyFailure, ValidSessionSpec } from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { Session, type SessionContext } from './session.ts';

/** Spawns block the event loop for a millisecond or more: so many, then it is everyone else's turn. */
const SPAWNS_PER_TURN = 2;

/** How often quiet sessions give their memory back. */
const MEMORY_SWEEP_MS = 5000;

/** An opened session, and whether this call started it. */
export type OpenedSession = { readonly session: Session; readonly isNew: boolean };

/** All sessions of the host, by id. */
export class Sessions {
  readonly #context: SessionContext;
  readonly #sessions = new Map<string, Session>();
  readonly #opening = new Map<string, Promise<Result<OpenedSession, PtyFailure>>>();
  readonly #sweep: NodeJS.Timeout;
  #spawnsThisTurn = 0;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#sweep = setInterval(() => this.#releaseMemory(), MEMORY_SWEEP_MS).unref();
  }

  /** Every session, ended ones included until they are released. */
  all(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** Sessions that have not ended, counting those that are being started. */
  get running(): number {
    return this.all().filter(session => session.exit === null).length + this.#opening.size;
  }

  /** A session by id. */
  get(id: string): Result<Session, PtyFailure> {
    const session = this.#sessions.get(id);
    return session === undefined ? err({ kind: 'no_such_session', id }) : ok(session);
  }

  /** Starts a session, or returns the one that has this id, also when two ask at once. */
  async open(spec: ValidSessionSpec): Promise<Result<OpenedSession, PtyFailure>> {
    const known = this.#sessions.get(spec.id);
    if (known !== undefined) return ok({ session: known, isNew: false });
    const opening = this.#opening.get(spec.id);
    if (opening !== undefined) return joined(await opening);
    const start = this.#start(spec).finally(() => this.#opening.delete(spec.id));
    this.#opening.set(spec.id, start);
    return start;
  }

  /** Forgets an ended session. */
  async release(id: string): Promise<Result<null, PtyFailure>> {
    const session = this.#sessions.get(id);
    if (session === undefined) return err({ kind: 'no_such_session', id });
    if (session.exit === null) return err({ kind: 'session_running', id });
    this.#sessions.delete(id);
    await session.finishOutput();
    return ok(null);
  }

  /** Kills everything that runs and waits for the ends, recordings included. */
  async killAll(): Promise<void> {
    const alive = this.all().filter(session => session.exit === null);
    await Promise.all(alive.map(session => session.stop(0)));
    await Promise.all(this.all().map(session => session.finishOutput()));
  }

  /** Stops the timers. */
  dispose(): void {
    clearInterval(this.#sweep);
  }

  async #start(spec: ValidSessionSpec): Promise<Result<OpenedSession, PtyFailure>> {
    await this.#turnToSpawn();
    const started = await Session.start(spec, this.#context);
    if (!started.ok) return started;
    this.#sessions.set(spec.id, started.value);
    return ok({ session: started.value, isNew: true });
  }

  async #turnToSpawn(): Promise<void> {
    while (this.#spawnsThisTurn >= SPAWNS_PER_TURN) await nextTurn();
    if (this.#spawnsThisTurn++ === 0) {
      setImmediate(() => {
        this.#spawnsThisTurn = 0;
      });
    }
  }

  #releaseMemory(): void {
    for (const session of this.#sessions.values()) session.output.releaseMemory();
  }
}

function joined(result: Result<OpenedSession, PtyFailure>): Result<OpenedSession, PtyFailure> {
  return result.ok ? ok({ ...result.value, isNew: false }) : result;
}
