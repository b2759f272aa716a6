/** Starts the daemon in the background and waits until it answers. Any number of clients may do so at once: one daemon stays. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { homedir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { RpcFailure } from '../protocol.ts';
import { memoryFlags } from '../quiet-memory.ts';
import type { Result } from '../result.ts';
import { err, ok } from '../result.ts';
import { reach, readClaim } from './claim.ts';
import { withoutOwnVariables } from './env-file.ts';
import { lastLines } from './log.ts';

/** What to start. */
export interface DaemonProgram {
  /** Node that runs it (see `node-choice.ts`). */
  readonly node: string;
  /** Absolute path of `daemon.js`, or of `main.ts` in the sources. */
  readonly script: string;
  /** Environment it starts with; the session variables of a worker are taken out. */
  readonly env: NodeJS.ProcessEnv;
}

const DEADLINE_MS = 15_000;
const POLL_MS = 10;
const LOG_LINES = 15;

/** Starts it and connects. Failure: `daemon-start`, with the last lines of its log. */
export async function startDaemon(
  program: DaemonProgram,
  places: { readonly stateDir: string; readonly logFile: string },
): Promise<Result<Socket, RpcFailure>> {
  const child = launch(program);
  const end = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => {
      // 0: another daemon was faster, and is the one to wait for.
      if (code !== 0) resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  const abort = new AbortController();
  try {
    const failure = end.then(text => err(text));
    const outcome = await Promise.race([waitForSocket(places.stateDir, abort.signal), failure]);
    if (outcome.ok) return outcome;
    return err(cannotStart(program, outcome.failure, places.logFile));
  } finally {
    abort.abort();
    child.removeAllListeners();
    child.on('error', () => {});
    endIfSuperfluous(child, places.stateDir);
    child.unref();
  }
}

/** Of several that were started at once one stays; a slow one must not come up after everybody has gone again. */
function endIfSuperfluous(child: ChildProcess, stateDir: string): void {
  const claim = readClaim(stateDir);
  if (claim !== undefined && claim.pid !== child.pid) child.kill();
}

function launch(program: DaemonProgram): ChildProcess {
  return spawn(program.node, [...nodeFlags(), program.script], {
    // A working directory that stays: the daemon must not keep a project's folder or a mount busy.
    cwd: homedir(),
    env: daemonEnvironment(program.env),
    stdio: 'ignore',
    detached: true,
    windowsHide: true,
  });
}

/**
 * A small young generation: the daemon's garbage is little, and every process it starts copies the page tables of all
 * memory it has ever touched (facts: fork cost grows with the parent).
 */
function nodeFlags(): readonly string[] {
  const flags = memoryFlags();
  return flags.length === 0 ? [] : ['--max-semi-space-size=1', ...flags];
}

/** A daemon started by a worker's own `niia run` must not carry the worker's marker: it would be killed with it. */
function daemonEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = withoutOwnVariables(definedVariables(env));
  // The editor's Node is Electron: it behaves as Node only when told so.
  const electron = process.versions.electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' };
  return { ...kept, ...electron };
}

function definedVariables(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function waitForSocket(stateDir: string, signal: AbortSignal): Promise<Result<Socket, string>> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline && !signal.aborted) {
    const claim = readClaim(stateDir);
    const socket = claim === undefined ? undefined : await reach(claim.socket);
    if (socket !== undefined) return ok(socket);
    await delay(POLL_MS);
  }
  return err(`it did not answer within ${DEADLINE_MS / 1000} s`);
}

function cannotStart(program: DaemonProgram, why: string, logFile: string): RpcFailure {
  const log = lastLines(logFile, LOG_LINES);
  const tail = log === '' ? '' : `\nLast lines of ${logFile}:\n${log}`;
  return {
    code: 'daemon-start',
    message: `The daemon could not be started (${program.node} ${program.script}: ${why}).${tail}`,
    exitCode: 1,
  };
}
