/**
 * How fast a program's output gets from its terminal to a viewer's socket, through the PTY host with recording on,
 * against bare node-pty in the same run. `node test/bench/pty-stream.ts`
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPtyHost } from '../../runtime/pty/start.ts';
import { attachViewer } from '../../runtime/pty/viewer-stream.ts';
import type { Result } from '../../runtime/result.ts';
import { type BenchRow, median } from './row.ts';

const FILE_BYTES = 200_000_000;
const LINE = `${'y'.repeat(79)}\n`;
/** The terminal turns each line feed into two characters. */
const OUTPUT_BYTES = (FILE_BYTES / LINE.length) * (LINE.length + 1);
const RUNS = 5;

const script =
  process.env.PTY_HOST_SCRIPT ?? fileURLToPath(new URL('../../runtime/pty/main.ts', import.meta.url));

/** Measures the stream; takes half a minute. Throws when a byte is missing. */
export async function bench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'niia-bench-'));
  try {
    const file = join(folder, 'text');
    writeLines(file);
    const bare: number[] = [];
    const hosted: number[] = [];
    // Alternating, so that a busy spell of the machine hits both.
    for (let run = 0; run < RUNS; run++) {
      bare.push(await throughput(() => countBare(file), null));
      hosted.push(await throughput(() => countHosted(file, folder, run), OUTPUT_BYTES));
    }
    return [rowOf(hosted, bare)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(hosted: readonly number[], bare: readonly number[]): BenchRow {
  const value = median(hosted);
  const baseline = median(bare);
  // Of neighbours: a machine that gets busy in the middle slows both of a pair.
  const ratio = median(hosted.map((speed, run) => speed / (bare[run] ?? Number.NaN)));
  const name = 'PTY to a viewer through the host, recording on';
  return {
    name,
    value,
    unit: 'MB/s',
    baseline,
    ratio,
    goal: 'ratio ≥ 0.85',
    isMet: ratio >= 0.85,
    runs: hosted,
  };
}

function writeLines(file: string): void {
  const block = Buffer.from(LINE.repeat(100_000));
  const fd = openSync(file, 'w');
  for (let written = 0; written < FILE_BYTES; written += block.length) writeSync(fd, block);
  closeSync(fd);
}

/** MB/s of a run. `expected` is null where bytes may be lost: bare node-pty does lose some. */
async function throughput(count: () => Promise<number>, expected: number | null): Promise<number> {
  const start = performance.now();
  const bytes = await count();
  if (expected !== null && bytes !== expected)
    throw new Error(`${bytes} bytes arrived instead of ${expected}`);
  return bytes / 1000 / (performance.now() - start);
}

function countBare(file: string): Promise<number> {
  // `require` is untyped by nature; the package's own declarations say what it gives.
  const { spawn } = createRequire(import.meta.url)('node-pty') as typeof import('node-pty');
  return new Promise(resolve => {
    let bytes = 0;
    const pty = spawn('cat', [file], { encoding: null, cwd: '/' });
    // With `encoding: null` the chunks are buffers, which the declarations do not say; both have a length.
    pty.onData(chunk => {
      bytes += chunk.length;
    });
    pty.onExit(() => resolve(bytes));
  });
}

async function countHosted(file: string, folder: string, run: number): Promise<number> {
  const address = { socketPath: join(folder, 'pty.sock'), stateDir: folder };
  const client = need(await startPtyHost({ ...address, node: process.execPath, script }));
  const id = `bench-${run}`;
  need(
    await client.open({
      id,
      kind: 'pty',
      argv: ['cat', file],
      cwd: folder,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      cols: 80,
      rows: 24,
      recordingFile: join(folder, `${id}.cast`),
    }),
  );
  const viewer = need(await attachViewer(address, { id }));
  let bytes = 0;
  for await (const event of viewer.events()) if (event.kind === 'data') bytes += event.bytes.length;
  if (run === RUNS - 1) await client.shutdown({ kill: true });
  client.dispose();
  rmSync(join(folder, `${id}.cast`), { force: true });
  return bytes;
}

function need<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await bench(), null, 1));
  process.exit(0);
}
