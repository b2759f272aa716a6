/** A real PTY host in a process and a folder of its own, with what tests need to drive it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectPtyHost, type PtyHostClient } from '../../../runtime/pty/client.ts';
import type { PtyHostAddress } from '../../../runtime/pty/socket-place.ts';
import { startPtyHost } from '../../../runtime/pty/start.ts';
import {
  type AttachOptions,
  attachViewer,
  type ViewerEvent,
  type ViewerStream,
} from '../../../runtime/pty/viewer-stream.ts';
import type { SessionExit, SessionSpec } from '../../../runtime/pty-protocol.ts';
import type { Result } from '../../../runtime/result.ts';
import { eventually, within } from '../../support/wait.ts';

/** A bundled host to test instead of the sources, and the Node to run it: `PTY_HOST_SCRIPT`, `PTY_HOST_NODE`. */
export const hostCommand = {
  script:
    process.env.PTY_HOST_SCRIPT ?? fileURLToPath(new URL('../../../runtime/pty/main.ts', import.meta.url)),
  node: process.env.PTY_HOST_NODE ?? process.execPath,
};

let sessions = 0;

/** A started host; ends with the test. */
export class PtyRig {
  readonly folder: string;
  readonly address: PtyHostAddress;
  readonly client: PtyHostClient;
  readonly #exits = new Map<string, SessionExit>();
  readonly #clients: PtyHostClient[] = [];

  private constructor(folder: string, address: PtyHostAddress, client: PtyHostClient) {
    this.folder = folder;
    this.address = address;
    this.client = client;
    client.on('exit', ({ id, exit }) => this.#exits.set(id, exit));
  }

  static async start(idleMs = 30_000): Promise<PtyRig> {
    const folder = mkdtempSync(join(tmpdir(), 'niia-pty-'));
    const address = { socketPath: join(folder, 'run', 'pty.sock'), stateDir: join(folder, 'state') };
    const started = await startPtyHost({ ...address, ...hostCommand, idleMs });
    return new PtyRig(folder, address, unwrap(started));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const status = await this.client.status();
    await this.client.shutdown({ kill: true });
    this.client.dispose();
    for (const client of this.#clients) client.dispose();
    if (status.ok) await hasEnded(status.value.pid);
    await this.#nothingRuns();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** No process of this rig is left: no host, no worker. */
  async #nothingRuns(): Promise<void> {
    const running = (): string[] => commandLines().filter(line => line.includes(this.folder));
    await eventually(() => running().length === 0, { what: 'the end of all processes', seen: running });
  }

  /** Another control client. */
  async connect(): Promise<PtyHostClient> {
    const client = unwrap(await connectPtyHost(this.address));
    this.#clients.push(client);
    return client;
  }

  /** A specification with a fresh id; a terminal running `argv` unless `changes` say otherwise. */
  spec(argv: readonly string[], changes: Partial<SessionSpec> = {}): SessionSpec {
    const id = changes.id ?? `s${++sessions}`;
    return {
      id,
      kind: 'pty',
      argv: [...argv],
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8', PS1: '$ ' },
      cols: 80,
      rows: 24,
      recordingFile: join(this.folder, `${id}.cast`),
      ...changes,
    };
  }

  /** Opens a session and returns its specification. */
  async open(argv: readonly string[], changes: Partial<SessionSpec> = {}): Promise<SessionSpec> {
    const spec = this.spec(argv, changes);
    unwrap(await this.client.open(spec));
    return spec;
  }

  /** Opens a terminal that runs a shell script. */
  shell(text: string, changes: Partial<SessionSpec> = {}): Promise<SessionSpec> {
    return this.open(['sh', '-c', text], changes);
  }

  /** How a session ended, when it has. */
  exitOf(id: string): Promise<SessionExit> {
    return eventually(() => this.#exits.get(id), {
      what: `the exit of ${id}`,
      seen: () => [...this.#exits.keys()],
    });
  }

  /** Attaches a viewer that collects everything. */
  async view(id: string, options: Omit<AttachOptions, 'id'> = {}): Promise<Viewing> {
    return new Viewing(unwrap(await attachViewer(this.address, { id, ...options })));
  }

  /** All output of an ended session, read by a viewer that attaches late. */
  async outputOf(id: string): Promise<Buffer> {
    const viewing = await this.view(id);
    await viewing.finished();
    return viewing.output;
  }
}

/** A viewer and what it has seen. */
export class Viewing {
  readonly stream: ViewerStream;
  readonly events: ViewerEvent[] = [];
  readonly #mayLose: boolean;
  readonly #done: Promise<void>;
  #pieces: Buffer[] = [];
  #next: number;

  /** `mayLose`: output may be gone before it was seen, as nothing records it. */
  constructor(stream: ViewerStream, mayLose = false) {
    this.stream = stream;
    this.#mayLose = mayLose;
    this.#next = stream.attached.from;
    this.#done = this.#follow();
  }

  get output(): Buffer {
    this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? Buffer.alloc(0);
  }

  get text(): string {
    return this.output.toString();
  }

  get exit(): SessionExit | undefined {
    return this.events.flatMap(event => (event.kind === 'exit' ? [event.exit] : []))[0];
  }

  finished(): Promise<void> {
    return within(this.#done, {
      what: 'the end of the stream',
      timeoutMs: 60_000,
      seen: () => this.text.slice(-500),
    });
  }

  shows(text: string): Promise<true> {
    const seen = (): string => this.text.slice(-2000);
    return eventually<true | false>(() => this.text.includes(text), {
      what: `"${text}" on the terminal`,
      seen,
    });
  }

  async #follow(): Promise<void> {
    for await (const event of this.stream.events()) {
      if (event.kind === 'data') this.#take(event.offset, event.bytes);
      else this.events.push(event);
      if (event.kind === 'lost') this.#skip(event.to);
    }
  }

  #skip(to: number): void {
    assert.ok(this.#mayLose, 'nothing is lost while there is room to record');
    this.#next = to;
  }

  #take(offset: number, bytes: Buffer): void {
    assert.equal(offset, this.#next, 'data frames follow each other without a gap');
    this.#next += bytes.length;
    this.#pieces.push(Buffer.from(bytes));
  }
}

function commandLines(): string[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return pids.map(pid => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  });
}

/** The value of a result that has to be one. */
export function unwrap<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`unexpected failure: ${JSON.stringify(result.failure)}`);
  return result.value;
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a process is gone. */
export function hasEnded(pid: number): Promise<true> {
  return eventually<true | false>(() => !isAlive(pid), { what: `the end of process ${pid}` });
}
