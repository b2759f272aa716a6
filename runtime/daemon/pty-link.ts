/** The daemon's line to the PTY host: started when a session is first needed, made again if the host is gone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectPtyHost, type PtyHostClient } from '../pty/client.ts';
import type { PtyHostAddress } from '../pty/socket-place.ts';
import { type StartOptions, startPtyHost } from '../pty/start.ts';
import type { PtyFailure, PtyParams, SessionInfo } from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import type { SessionHost, SessionListener } from '../runner/session-host.ts';
import { isErrno, writeWhole } from './run-dir.ts';

/** Sessions of the PTY host, whatever becomes of the connection. */
export interface PtyLink extends SessionHost {
  readonly address: PtyHostAddress;
  /** All sessions; none if no host runs. Never starts one. */
  list(): Promise<readonly SessionInfo[]>;
  /** Whether the host knows a session, alive or ended. */
  has(id: string): Promise<boolean>;
  write(id: string, text: string): Promise<Result<unknown, PtyFailure>>;
  release(id: string): Promise<Result<unknown, PtyFailure>>;
  /** Sessions whose process lives, as far as the host has told. */
  readonly liveCount: number;
  /** Calls back whenever `liveCount` may have changed. */
  onChange(listener: () => void): void;
  /** Ends the host, unless something lives in it, and lets go. Takes a second at most. */
  end(): Promise<void>;
  /** Lets go; the host and its sessions go on. */
  dispose(): void;
}

/** A link to the host at an address. */
export function createPtyLink(options: StartOptions): PtyLink {
  const connector = new Connector(options);
  const call = async <T>(
    work: (client: PtyHostClient) => Promise<Result<T, PtyFailure>>,
    isStarting = false,
  ): Promise<Result<T, PtyFailure>> => {
    const client = await connector.connect(isStarting);
    return client.ok ? work(client.value) : client;
  };
  return {
    address: options,
    open: spec => call(client => client.open(spec), true),
    read: (id, from, maxBytes) => call(client => readBytes(client, { id, from, maxBytes })),
    stop: (id, graceMs) => call(client => client.stop(id, graceMs)),
    kill: id => call(client => client.signal(id, 'kill')),
    render: (id, text, sourceOffset, isFinal) =>
      call(client => client.render({ id, text, sourceOffset, isFinal })),
    write: (id, text) => call(client => client.write(id, text)),
    release: id => call(client => client.release(id)),
    watch: (id, listener) => connector.watch(id, listener),
    async list() {
      const client = await connector.connect(false);
      const listed = client.ok ? await client.value.list() : client;
      return listed.ok ? listed.value.sessions : [];
    },
    async has(id) {
      const client = await connector.connect(false);
      const listed = client.ok ? await client.value.list() : client;
      return listed.ok && listed.value.sessions.some(session => session.id === id);
    },
    get liveCount() {
      return connector.liveCount;
    },
    onChange: listener => connector.onChange(listener),
    end: () => connector.end(),
    dispose: () => connector.dispose(),
  };
}

/**
 * Where the host listens. What was noted by an earlier daemon wins: that one may have had another runtime directory (a
 * login without XDG_RUNTIME_DIR), and its sessions must be found again.
 */
export async function hostSocketPath(stateDir: string, wished: string): Promise<string> {
  const file = join(stateDir, 'pty-host.socket');
  const noted = readNote(file);
  if (noted !== undefined && noted !== wished) {
    const client = await connectPtyHost({ socketPath: noted, stateDir }, { events: false });
    if (client.ok) {
      client.value.dispose();
      return noted;
    }
  }
  if (noted !== wished) await writeWhole(file, wished);
  return wished;
}

function readNote(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** How long an ending daemon waits for the host to say that it ends as well. */
const END_WAIT_MS = 1000;

/** One connection at a time, shared by everybody. */
class Connector {
  readonly #options: StartOptions;
  readonly #watchers = new Map<string, Set<SessionListener>>();
  readonly #changeListeners = new Set<() => void>();
  readonly #live = new Set<string>();
  #client: Promise<Result<PtyHostClient, PtyFailure>> | undefined;
  #isDisposed = false;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  /** The connection; a failure is told to everybody who waits for it, and the next call tries again. */
  async connect(isStarting: boolean): Promise<Result<PtyHostClient, PtyFailure>> {
    if (this.#isDisposed) return err({ kind: 'host_gone', message: 'the daemon is ending' });
    const shared = await this.#client;
    // One that only looked for a host does not answer for one that starts it.
    if (shared?.ok === true || (shared !== undefined && !isStarting)) return shared;
    if (this.#client !== undefined) return this.#client;
    const attempt = this.#open(isStarting);
    this.#client = attempt;
    const client = await attempt;
    if (!client.ok && this.#client === attempt) this.#client = undefined;
    return client;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  watch(id: string, listener: SessionListener): Disposable {
    const listeners = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, listeners.add(listener));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.#watchers.get(id) === listeners) this.#watchers.delete(id);
      },
    };
  }

  onChange(listener: () => void): void {
    this.#changeListeners.add(listener);
  }

  async end(): Promise<void> {
    this.#isDisposed = true;
    const client = await this.#client;
    if (client?.ok !== true) return;
    // Refused where something lives in it. A host that does not answer must not keep us.
    const answered = client.value.shutdown({ kill: false });
    await Promise.race([answered, delay(END_WAIT_MS, undefined, { ref: false })]);
    client.value.dispose();
  }

  dispose(): void {
    this.#isDisposed = true;
    void this.#client?.then(client => client.ok && client.value.dispose());
  }

  async #open(isStarting: boolean): Promise<Result<PtyHostClient, PtyFailure>> {
    const opened = isStarting ? await startPtyHost(this.#options) : await connectPtyHost(this.#options);
    if (!opened.ok) return err(asPtyFailure(opened.failure));
    const client = opened.value;
    this.#subscribe(client);
    void client.closed.then(() => this.#lose());
    // Once: from here on events say what lives. A list of all sessions for each of them would cost more than the work.
    const listed = await client.list();
    for (const { id, exit } of listed.ok ? listed.value.sessions : []) if (exit === null) this.#live.add(id);
    this.#tellChange();
    return ok(client);
  }

  #subscribe(client: PtyHostClient): void {
    client.on('output', ({ sessions }) => {
      for (const { id, end, stdoutBytes } of sessions) {
        for (const listener of this.#watchers.get(id) ?? []) listener.onOutput(end, stdoutBytes);
      }
    });
    client.on('exit', ({ id, exit }) => {
      for (const listener of this.#watchers.get(id) ?? []) listener.onExit(exit);
      this.#live.delete(id);
      this.#tellChange();
    });
    client.on('opened', ({ session }) => {
      if (session.exit === null) this.#live.add(session.id);
      this.#tellChange();
    });
  }

  #lose(): void {
    this.#client = undefined;
    this.#live.clear();
    if (this.#isDisposed) return;
    const listeners = [...this.#watchers.values()].flatMap(set => [...set]);
    for (const listener of listeners) listener.onGone('the terminal host has ended');
    this.#tellChange();
  }

  #tellChange(): void {
    for (const listener of this.#changeListeners) listener();
  }
}

async function readBytes(
  client: PtyHostClient,
  params: PtyParams<'read'>,
): Promise<Result<{ readonly bytes: Uint8Array }, PtyFailure>> {
  const read = await client.read(params);
  return read.ok ? ok({ bytes: Buffer.from(read.value.base64, 'base64') }) : read;
}

/** To those who run sessions, a host that cannot be started is one that is gone. */
function asPtyFailure(failure: { readonly kind: string } | PtyFailure): PtyFailure {
  if (isPtyFailure(failure)) return failure;
  const message = 'message' in failure ? String(failure.message) : failure.kind;
  return { kind: 'host_gone', message };
}

function isPtyFailure(failure: { readonly kind: string }): failure is PtyFailure {
  return failure.kind !== 'unsafe_place' && failure.kind !== 'host_not_started';
}
