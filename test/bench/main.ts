/**
 * `npm run bench [-- NAME…]`: runs the benchmark files of this folder one after the other and prints one table.
 * `npm run bench -- --write` also puts the table of all into docs/benchmarks.md and the raw numbers into docs/benchmarks.json.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './row.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const docs = join(folder, '../../docs');
const notBenchmarks = new Set(['main.ts', 'row.ts']);

interface Section {
  readonly name: string;
  readonly rows: readonly BenchRow[];
}

async function runSection(name: string): Promise<Section> {
  console.error(`measuring ${name}…`);
  const module: { bench(): Promise<readonly BenchRow[]> } = await import(join(folder, `${name}.ts`));
  return { name, rows: await module.bench() };
}

function format(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function tableLine(row: BenchRow): string {
  const met = row.isMet === undefined ? '' : row.isMet ? '✓' : '**missed**';
  const baseline = row.baseline === undefined ? '' : `${format(row.baseline)} ${row.unit}`;
  const ratio = row.ratio === undefined ? '' : format(row.ratio);
  return `| ${row.name} | ${format(row.value)} ${row.unit} | ${baseline} | ${ratio} | ${row.goal ?? ''} | ${met} |`;
}

function table(sections: readonly Section[]): string {
  const lines = ['| what | median | baseline, same run | ratio | goal | |', '|---|---|---|---|---|---|'];
  return [...lines, ...sections.flatMap(section => section.rows.map(tableLine))].join('\n');
}

function machine(): string {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `Node ${process.version}, ${process.platform} ${release()}, ${cpus().length} × ${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${new Date().toISOString().slice(0, 10)}`;
}

/** Puts the table between the markers of docs/benchmarks.md. */
function writeDocs(sections: readonly Section[]): void {
  const file = join(docs, 'benchmarks.md');
  const text = readFileSync(file, 'utf8');
  const block = `<!-- table: npm run bench -- --write -->\n${machine()}\n\n${table(sections)}\n<!-- end -->`;
  writeFileSync(
    file,
    text.replace(/<!-- table:[\s\S]*<!-- end -->/, () => block),
  );
  const raw = JSON.stringify({ machine: machine(), sections }, null, 1);
  const aLinePerSeries = raw.replace(/\[[\s\d.,e-]+\]/g, series => series.replace(/\s+/g, ''));
  writeFileSync(join(docs, 'benchmarks.json'), `${aLinePerSeries}\n`);
}

const names = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
const all = readdirSync(folder)
  .filter(file => file.endsWith('.ts') && !notBenchmarks.has(file))
  .map(file => file.replace(/\.ts$/, ''))
  .sort();
const isWriting = process.argv.includes('--write');
if (isWriting && names.length > 0) {
  console.error(
    `--write takes no names: the table in docs/benchmarks.md is of one run of all benchmarks, not of ${names.join(', ')}`,
  );
  process.exit(2);
}
const sections: Section[] = [];
for (const name of names.length > 0 ? names : all) sections.push(await runSection(name));
console.log(`${machine()}\n\n${table(sections)}`);
if (isWriting) writeDocs(sections);
