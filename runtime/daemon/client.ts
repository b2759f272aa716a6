/** The daemon as its clients see it: a typed connection, found or started on demand. Used by the command line and the editor. */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunEvent } from '../engine/events.ts';
import type { Method, Params, Responses, RpcFailure } from '../protocol.ts';
import { PROTOCOL_VERSION } from '../protocol-version.ts';
import type { Result } from '../result.ts';
import { err, ok } from '../result.ts';
import { version } from '../version.ts';
import { reach, readClaim } from './claim.ts';
import type { RpcConnection } from './connection.ts';
import { openConnection } from './connection.ts';
import type { FollowPort } from './follow-client.ts';
import { followRun } from './follow-client.ts';
import type { DaemonProgram } from './start-daemon.ts';
import { startDaemon } from './start-daemon.ts';

/** How to reach the daemon. */
export interface ConnectOptions {
  /** State directory (design §5): the daemon's claim stands in it. */
  readonly stateDir: string;
  /** The daemon's log, quoted where it does not come up. */
  readonly logFile: string;
  readonly client: Params<'hello'>['client'];
  /** What to start if no daemon answers; absent = a failure then. */
  readonly autostart?: DaemonProgram;
}

/** A connection to the daemon. Closing it ends nothing but itself. */
export interface DaemonClient {
  readonly daemon: Responses['hello'];
  /** Sends a request. Failures are values, a lost daemon among them (`daemon-lost`). */
  request<M extends Method>(method: M, params: Params<M>): Promise<Result<Responses[M], RpcFailure>>;
  /**
   * Events of a run from `fromSeq` (1 = all), then as they come; ends after the run's last event (`run-ended`), when the
   * connection ends, or when the consumer leaves the loop. A slow consumer slows nobody else down.
   */
  follow(
    run: string,
    fromSeq: number,
    signal?: AbortSignal,
  ): Promise<Result<AsyncIterable<RunEvent>, RpcFailure>>;
  /** Calls the listener whenever some run's row changed. Returns the function that ends that. */
  onRunChanged(listener: (run: string) => void): () => void;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
  [Symbol.dispose](): void;
}

/** A daemon that is just ending accepts connections and drops them: then the next one is found or started. */
const MAX_ATTEMPTS = 20;
const RETRY_MS = 25;

/** Connects; starts the daemon if nobody answers and `autostart` is given. A daemon of another version is a failure. */
export async function connectDaemon(options: ConnectOptions): Promise<Result<DaemonClient, RpcFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await connectOnce(options);
    const wasEnding = !client.ok && client.failure.code === 'daemon-lost';
    if (!wasEnding || attempt === MAX_ATTEMPTS) return client;
    await delay(RETRY_MS);
  }
}

async function connectOnce(options: ConnectOptions): Promise<Result<DaemonClient, RpcFailure>> {
  const found = await reachClaimed(options.stateDir);
  if (found !== undefined) return greet(found, options.client);
  if (options.autostart === undefined) return err(noDaemon());
  const started = await startDaemon(options.autostart, options);
  return started.ok ? greet(started.value, options.client) : started;
}

/**
 * Ends the running daemon, also one of another version, and waits until it is gone. Unfinished runs go on with the next
 * start unless `stopRuns`. No daemon is a failure (`no-daemon`).
 */
export async function stopDaemon(
  stateDir: string,
  stopRuns: boolean,
): Promise<Result<Responses['daemon/stop'], RpcFailure>> {
  const socket = await reachClaimed(stateDir);
  if (socket === undefined) return err(noDaemon());
  const connection = openConnection(socket);
  const answer = await connection.request('daemon/stop', { stopRuns });
  connection.close();
  if (answer.ok) await untilGone(stateDir);
  return answer;
}

const GONE_MS = 10_000;

/** Until the daemon's claim is withdrawn: from then on a new one can start. */
async function untilGone(stateDir: string): Promise<void> {
  const deadline = Date.now() + GONE_MS;
  while (readClaim(stateDir) !== undefined && Date.now() < deadline) await delay(RETRY_MS);
}

async function reachClaimed(stateDir: string): Promise<Socket | undefined> {
  const claim = readClaim(stateDir);
  return claim === undefined ? undefined : reach(claim.socket);
}

function noDaemon(): RpcFailure {
  return {
    code: 'no-daemon',
    message: 'No daemon is running. Commands that need one start it.',
    exitCode: 1,
  };
}

async function greet(
  socket: Socket,
  client: Params<'hello'>['client'],
): Promise<Result<DaemonClient, RpcFailure>> {
  const connection = openConnection(socket);
  const hello = await connection.request('hello', { protocol: PROTOCOL_VERSION, version, client });
  if (hello.ok) return ok(clientOf(connection, hello.value));
  connection.close();
  return hello;
}

function clientOf(connection: RpcConnection, daemon: Responses['hello']): DaemonClient {
  const changed = new Set<(run: string) => void>();
  connection.onNotification('run/changed', ({ run }) => {
    for (const listener of changed) listener(run);
  });
  const port = followPort(connection);
  return {
    daemon,
    request: connection.request,
    follow: (run, fromSeq, signal) => followRun(port, run, fromSeq, signal),
    onRunChanged(listener) {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    closed: connection.closed,
    close: connection.close,
    [Symbol.dispose]: connection.close,
  };
}

/** Hands every event to those on this connection who follow its run. */
function followPort(connection: RpcConnection): FollowPort {
  const followers = new Map<string, Set<(event: RunEvent) => void>>();
  connection.onNotification('run/event', ({ run, event }) => {
    for (const listener of followers.get(run) ?? []) listener(event);
  });
  return {
    follow: params => connection.request('run/follow', params),
    async unfollow(run) {
      if (!followers.has(run)) await connection.request('run/unfollow', { run });
    },
    onRunEvent(run, listener) {
      const listeners = followers.get(run) ?? new Set();
      followers.set(run, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && followers.get(run) === listeners) followers.delete(run);
      };
    },
    closed: connection.closed,
  };
}
