import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HOST_MARKER, type PtyFailure, SESSION_MARKER } from '../pty-protocol.ts';
import { err, type Result } from '../result.ts';
import { connectPtyHost, type PtyHostClient } from './client.ts';
import { type PlaceFailure, type PtyHostAddress, prepareSocketDirectory } from './socket-place.ts';

/** How to start a host. */
export type StartOptions = PtyHostAddress & {
  /** The Node that runs it. */
  readonly node: string;
  /** The host's program: dist/pty-host.js, or runtime/pty/main.ts on a Node that runs TypeScript. */
  readonly script: string;
  /** Flags for Node before the script. */
  readonly nodeFlags?: readonly string[];
  /** How long the host waits without clients and running sessions before it ends. Default: a minute. */
  readonly idleMs?: number;
};

/** Why there is no host. */
export type StartFailure =
  | PtyFailure
  | PlaceFailure
  | { readonly kind: 'host_not_started'; readonly message: string };

const START_TIMEOUT_MS = 15_000;
const POLL_MS = 10;
const MAX_LOG_BYTES = 1024 * 1024;
const LOG_TAIL_CHARACTERS = 2000;

/**
 * Connects to the host at an address, starting it, detached, when there is none. Safe to call from several processes
 * at once: all get the same host. A host of another version is `version_mismatch` and left alone.
 */
export async function startPtyHost(options: StartOptions): Promise<Result<PtyHostClient, StartFailure>> {
  const place = prepareSocketDirectory(options.socketPath);
  if (!place.ok) return place;
  const running = await connectPtyHost(options);
  if (running.ok || running.failure.kind !== 'host_gone') return running;
  return awaitHost(spawnHost(options), options);
}

async function awaitHost(
  child: ChildProcess,
  options: StartOptions,
): Promise<Result<PtyHostClient, StartFailure>> {
  let ended: string | null = null;
  child.on('error', error => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    // 0: another host was quicker, or is about to answer.
    if (code !== 0) ended = `it ended with ${signal ?? `exit code ${code}`}`;
  });
  for (
    const deadline = performance.now() + START_TIMEOUT_MS;
    performance.now() < deadline;
    await delay(POLL_MS)
  ) {
    const client = await connectPtyHost(options);
    if (client.ok || client.failure.kind !== 'host_gone') return client;
    if (ended !== null) return err(notStarted(options, ended));
  }
  return err(notStarted(options, `no answer within ${START_TIMEOUT_MS} ms`));
}

function spawnHost({
  node,
  nodeFlags = [],
  script,
  socketPath,
  stateDir,
  idleMs,
}: StartOptions): ChildProcess {
  const idle = idleMs === undefined ? [] : ['--idle-ms', String(idleMs)];
  const log = openLog(stateDir);
  // A host started from inside a session is not part of that session.
  const { [SESSION_MARKER]: _session, [HOST_MARKER]: _host, ...env } = process.env;
  const args = [...nodeFlags, script, '--socket', socketPath, '--state', stateDir, ...idle];
  const child = spawn(node, args, {
    cwd: stateDir,
    env,
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  return child;
}

/** Where the host's complaints go; a long log is moved aside, so that two files at most remain. */
function openLog(stateDir: string): number {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const file = logFile(stateDir);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat !== undefined && stat.size > MAX_LOG_BYTES) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}

function logFile(stateDir: string): string {
  return join(stateDir, 'pty-host.log');
}

function notStarted({ stateDir }: StartOptions, reason: string): StartFailure {
  const log = readFileSync(logFile(stateDir), 'utf8').slice(-LOG_TAIL_CHARACTERS).trim();
  const detail = log === '' ? '' : `; its log ends with: ${log}`;
  return { kind: 'host_not_started', message: `the PTY host did not start: ${reason}${detail}` };
}
