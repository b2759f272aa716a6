/**
 * How responsive the extension host stays while it shows many terminals: 64 sessions that print 20 KB/s each and one that
 * prints 5 MB/s, all attached in this process. The baseline is a process with nothing to do at the same time: what both
 * wait for, they wait for the machine.
 * `node test/bench/client-terminals.ts`
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { DARK } from '../../client/terminals/answer-queries.ts';
import { Attachment, type SessionScreen } from '../../client/terminals/attachment.ts';
import { realClock } from '../../client/terminals/clock.ts';
import { Frames } from '../../client/terminals/frames.ts';
import type { PtyHostClient } from '../../runtime/pty/client.ts';
import type { PtyHostAddress } from '../../runtime/pty/socket-place.ts';
import { startPtyHost } from '../../runtime/pty/start.ts';
import type { Result } from '../../runtime/result.ts';
import { eventually } from '../support/wait.ts';
import { type BenchRow, median } from './row.ts';

const SESSIONS = 64;
const SESSION_BYTES_PER_SECOND = 20_000;
const FLOOD_BYTES_PER_SECOND = 5_000_000;
const RUNS = 3;
const MEASURE_MS = 4000;

const script =
  process.env.PTY_HOST_SCRIPT ?? fileURLToPath(new URL('../../runtime/pty/main.ts', import.meta.url));

/** One program for all: prints lines at a given rate, in pieces every 50 ms, until its terminal goes away. */
const PRINTER = `
  const bytes = Number(process.argv[1]) / 20;
  const line = '\\u001b[32m' + 'y'.repeat(70) + '\\u001b[0m\\n';
  const piece = line.repeat(Math.max(1, Math.round(bytes / line.length)));
  setInterval(() => process.stdout.write(piece), 50);
`;

/** Measures event-loop delay and memory; takes half a minute. */
export async function bench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'niia-bench-'));
  const address = { socketPath: join(folder, 'pty.sock'), stateDir: folder };
  const idle: number[] = [];
  const busy: number[] = [];
  const speeds: number[] = [];
  const memory: number[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const seen = await show(address, folder);
      idle.push(seen.idleMs);
      busy.push(seen.p99Ms);
      speeds.push(seen.bytesPerSecond / 1e6);
      memory.push(seen.memoryBytes / 1e6);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const p99 = median(busy);
  return [
    {
      name: '64 terminals at 20 KB/s and one at 5 MB/s: event-loop delay of the extension host, p99',
      value: p99,
      unit: 'ms',
      baseline: median(idle),
      ratio: p99 / median(idle),
      goal: '< 50 ms',
      isMet: p99 < 50,
      runs: busy,
    },
    {
      name: '64 terminals at 20 KB/s and one at 5 MB/s: written to the window',
      value: median(speeds),
      unit: 'MB/s',
      runs: speeds,
    },
    {
      name: '64 terminals at 20 KB/s and one at 5 MB/s: memory of the extension host on top',
      value: median(memory),
      unit: 'MB',
      runs: memory,
    },
  ];
}

interface Seen {
  readonly p99Ms: number;
  /** The same of a process beside it that has nothing to do. */
  readonly idleMs: number;
  readonly bytesPerSecond: number;
  readonly memoryBytes: number;
}

/** Shows all sessions for a while. */
async function show(address: PtyHostAddress, folder: string): Promise<Seen> {
  const memoryBefore = ownMemory();
  const client = need(await startPtyHost({ ...address, node: process.execPath, script }));
  using screens = new ScreenThread(folder);
  const frames = new Frames(realClock);
  const silent = new Set<string>();
  let written = 0;
  const attachments: Attachment[] = [];
  for (let index = 0; index <= SESSIONS; index++) {
    const session = `s${index}`;
    await open(client, folder, session, index === 0 ? FLOOD_BYTES_PER_SECOND : SESSION_BYTES_PER_SECOND);
    silent.add(session);
    const lane = frames.lane(text => {
      silent.delete(session);
      written += text.length;
    });
    const listener = { onAttached() {}, onSize() {}, onInputRefused() {} };
    const screen = () => screens.of(session);
    attachments.push(new Attachment({ session, host: address, lane, screen, listener, colors: () => DARK }));
  }
  const ends = attachments.map(attachment => attachment.run());
  await eventually(() => silent.size === 0, { what: 'output of every session', timeoutMs: 60_000 });
  written = 0;
  const [p99Ms, idleMs] = await Promise.all([measured(), idleProcess()]);
  const seen = {
    p99Ms,
    idleMs,
    bytesPerSecond: written / (MEASURE_MS / 1000),
    memoryBytes: ownMemory() - memoryBefore,
  };
  for (const attachment of attachments) attachment.close();
  await Promise.all(ends);
  await client.shutdown({ kill: true });
  await client.closed;
  return seen;
}

/** Bytes of this thread: the one that rebuilds screens is not the extension host's. */
function ownMemory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function open(client: PtyHostClient, folder: string, id: string, rate: number): Promise<void> {
  need(
    await client.open({
      id,
      kind: 'pty',
      argv: [process.execPath, '-e', PRINTER, String(rate)],
      cwd: folder,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      cols: 80,
      rows: 24,
      recordingFile: join(folder, `${id}.cast`),
    }),
  );
}

/** p99 of the event-loop delay, in ms. */
async function measured(): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 5 });
  histogram.enable();
  await delay(MEASURE_MS);
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}

async function idleProcess(): Promise<number> {
  const program = fileURLToPath(new URL('./support/idle-process.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(MEASURE_MS)]);
  return Number(stdout);
}

/** Rebuilds screens beside this process's event loop, as the daemon does. */
class ScreenThread implements Disposable {
  readonly #worker: Worker;
  readonly #folder: string;
  readonly #waiting = new Map<string, (screen: SessionScreen | undefined) => void>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#worker = new Worker(new URL('./support/screen-thread.ts', import.meta.url));
    this.#worker.on('message', ({ session, screen }: ScreenMessage) => this.#waiting.get(session)?.(screen));
  }

  of(session: string): Promise<SessionScreen | undefined> {
    return new Promise(resolve => {
      this.#waiting.set(session, resolve);
      this.#worker.postMessage({ session, file: join(this.#folder, `${session}.cast`) });
    });
  }

  [Symbol.dispose](): void {
    void this.#worker.terminate();
  }
}

interface ScreenMessage {
  readonly session: string;
  readonly screen: SessionScreen | undefined;
}

function need<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await bench(), null, 1));
  process.exit(0);
}
