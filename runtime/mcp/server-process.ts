/** An MCP server as a child process whose whole tree ends with the connection: servers start shells that start servers. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { ServerAddress } from './configured-servers.ts';

/** Variable that every process of a server carries, with a value of its own for each server. */
const MARKER = 'NIIA_MCP_SERVER';
/** Output kept for the message about a server that failed. */
const MAX_SAID = 4_000;
/** How long a server may take to end by itself, and then after being told to, in ms. */
const PATIENCE = { closed: 1_500, terminated: 2_000 };
/** How often, and after what pause in ms, killed processes are looked for again. */
const MAX_LOOKS = 100;
const LOOK_PAUSE_MS = 20;

/** The transport of a server that is started for one conversation. */
export class ServerProcess implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;
  readonly #address: Extract<ServerAddress, { kind: 'stdio' }>;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #input = new ReadBuffer();
  readonly #mark = randomUUID();
  #child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  #ended: Promise<void> = Promise.resolve();
  #said = '';

  constructor(address: Extract<ServerAddress, { kind: 'stdio' }>, folder: string, env: NodeJS.ProcessEnv) {
    this.#address = address;
    this.#folder = folder;
    this.#env = env;
  }

  /** The end of what the server wrote to stderr. */
  get said(): string {
    return this.#said;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#address;
    const child = spawn(command, [...args], {
      cwd: resolve(this.#folder, cwd ?? '.'),
      env: { ...this.#env, ...env, [MARKER]: this.#mark },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A process group of its own, which can be ended as a whole.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    this.#ended = new Promise(resolve => child.once('close', () => resolve()));
    child.stdin.on('error', error => this.onerror?.(error));
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-MAX_SAID);
    });
    child.once('close', () => this.onclose?.());
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.on('error', error => this.onerror?.(error));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#child?.stdin.write(serializeMessage(message));
  }

  /** Ends the server and everything it started: first by the end of its input, as the protocol wants, then by force. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    child.stdin.end();
    if (!(await this.#endsWithin(PATIENCE.closed))) {
      signal(child.pid, 'SIGTERM');
      await this.#endsWithin(PATIENCE.terminated);
    }
    // Also when the server itself has ended: what it started may still be there.
    signal(child.pid, 'SIGKILL');
    await endMarked(`${MARKER}=${this.#mark}`);
    // A grandchild that was killed last may have held the pipes.
    child.stdout.destroy();
    child.stderr.destroy();
    this.#input.clear();
  }

  #read(chunk: Buffer): void {
    this.#input.append(chunk);
    for (;;) {
      try {
        const message = this.#input.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        // A line that is no message: some servers print a greeting.
        this.onerror?.(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  async #endsWithin(ms: number): Promise<boolean> {
    const timer = new AbortController();
    const hasEnded = await Promise.race([
      this.#ended.then(() => true),
      delay(ms, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    return hasEnded;
  }
}

function signal(leader: number, name: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(leader), '/t', '/f'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-leader, name);
  } catch {
    // The group has ended.
  }
}

/**
 * Ends what left the group (Linux; elsewhere the environment of other processes is not ours to read): again until none is
 * found, because one may be starting another meanwhile, and none dies at once.
 */
async function endMarked(entry: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (let look = 0; look < MAX_LOOKS && killMarked(entry) > 0; look++) await delay(LOOK_PAUSE_MS);
}

/** Kills every process with the entry in its environment; returns how many there were. */
function killMarked(entry: string): number {
  let found = 0;
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry)) continue;
      found++;
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended while we looked, or is not ours to read.
    }
  }
  return found;
}
