/** Our language server and VS Code's for JSON with our schema, on the same files, in turns, over stdio. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DocumentDiagnosticReport, Position } from 'vscode-languageserver';
import { readDocument } from '../../runtime/analysis/document.ts';
import { fullCapabilities, type LspProcess, pulling } from '../support/lsp-process.ts';
import { type BenchRow, median } from './row.ts';
import { hardTexts } from './support/hard-texts.ts';
import { type Contender, contenders, start } from './support/json-server.ts';
import { type BenchFile, benchFiles } from './support/lsp-files.ts';

const startRounds = 12;
const cheapRounds = 250;
const sentRounds = 40;
const hardRounds = 5;
/** Between opening a file and the first edit: as long as people look at it at least. Ours uses it to warm up. */
const restMs = 2000;

/** Times of both, in ms, each in the order measured. */
interface Times {
  readonly ours: number[];
  readonly json: number[];
}

/** One thing that is asked of a server, once. */
type Action = (server: LspProcess, round: number) => Promise<unknown>;

/** All rows: start, then every request on every file, memory, bundle. */
export async function bench(): Promise<BenchRow[]> {
  const both = contenders();
  const rows = [...(await startRows(both))];
  for (const file of benchFiles) rows.push(...(await fileRows(both, file)));
  rows.push(...(await hardRows(both[0])));
  rows.push(...(await sentRows(both)));
  rows.push(bundleRow());
  return rows;
}

async function startRows(both: readonly Contender[]): Promise<BenchRow[]> {
  const times: Times = { ours: [], json: [] };
  // One round more, to fill the disk's cache.
  for (let round = 0; round <= startRounds; round++) {
    for (const contender of both) {
      const { server, tookMs } = await start(contender, pulling());
      if (round > 0) times[contender.name].push(tookMs);
      await server[Symbol.asyncDispose]();
    }
  }
  return [comparison('start → initialized, p50', times, 0.5, 'ms', 1.5)];
}

/** Rows of one file. Where ours refuses to read the file, its speed is no merit, and no goal is met by it. */
async function fileRows(both: readonly Contender[], file: BenchFile): Promise<BenchRow[]> {
  const rows = await measuredRows(both, file);
  if (readDocument(file.text, file.name).refusal === undefined) return rows;
  return rows.map(({ goal: _goal, isMet: _isMet, ...row }) => ({
    ...row,
    name: `${row.name} (refused by ours)`,
  }));
}

async function measuredRows(both: readonly Contender[], file: BenchFile): Promise<BenchRow[]> {
  const uri = `file:///niia-bench/${file.name.replace(' ', '-')}.connector.json`;
  const places = placesIn(file.text);
  const started = await Promise.all(both.map(contender => start(contender, pulling())));
  const servers = both.map(({ name }, index) => ({ name, server: serverAt(started, index) }));
  const diagnose = diagnosing(uri);
  const change = (server: LspProcess, round: number) => {
    const range = { start: places.prompt, end: places.prompt };
    return server.change(uri, [{ range, text: 'abcdefgh '[round % 9] ?? 'x' }]);
  };
  const at = (method: string, positions: readonly Position[]): Action => {
    return (server, round) =>
      server.request(method, { textDocument: { uri }, position: positions[round % positions.length] });
  };
  const hover = at('textDocument/hover', [places.model, places.keyName]);
  const complete = at('textDocument/completion', [places.model, places.key]);
  const measured: readonly (readonly [name: string, rounds: number, goalMs: number | undefined, Action])[] = [
    ['completion', cheapRounds, 10, complete],
    ['hover', cheapRounds, 10, hover],
    [
      'change → diagnostics',
      file.rounds,
      30,
      async (server, round) => {
        await change(server, round);
        await diagnose(server, round);
      },
    ],
    [
      'change → hover',
      file.rounds,
      undefined,
      async (server, round) => {
        await change(server, round);
        await hover(server, round);
      },
    ],
    [
      'change → completion',
      file.rounds,
      undefined,
      async (server, round) => {
        await change(server, round);
        await complete(server, round);
      },
    ],
  ];
  const open: Action = async server => {
    await server.open(uri, file.text);
    await server.request('textDocument/diagnostic', { textDocument: { uri } });
  };
  const opened = await inTurns(servers, file.rounds, open, async server => server.close(uri));
  const rows = percentiles(`open → diagnostics, ${file.name}`, opened);
  for (const { server } of servers) await server.open(uri, file.text);
  await setTimeout(restMs);
  for (const [name, rounds, goalMs, action] of measured) {
    const times = await inTurns(servers, rounds, action);
    const isGoalFile = file.name === '500 phases';
    rows.push(...percentiles(`${name}, ${file.name}`, times, isGoalFile ? goalMs : undefined));
  }
  if (file.name === '500 phases') rows.push(await renameRow(serverAt(started, 0), uri, places.alias));
  rows.push(memoryRow(file.name, servers));
  for (const { server } of servers) await server[Symbol.asyncDispose]();
  return rows;
}

/** Everything an editor asks when it shows a file: an answer or a refusal each time within a second. */
async function hardRows(ours: Contender): Promise<BenchRow[]> {
  const { server } = await start(ours, pulling());
  const rows: BenchRow[] = [];
  for (const { name, text } of hardTexts) {
    const uri = 'file:///niia-bench/hard.connector.json';
    const runs: number[] = [];
    for (let round = 0; round < hardRounds; round++) {
      await server.open(uri, text);
      for (const method of shownMethods) {
        const started = performance.now();
        await ask(server, method, uri);
        runs.push(performance.now() - started);
      }
      await server.close(uri);
    }
    const value = Math.max(...runs);
    rows.push({
      name: `slowest answer for ${name}`,
      value,
      unit: 'ms',
      goal: '< 1 s',
      isMet: value < 1000,
      runs,
    });
  }
  await server[Symbol.asyncDispose]();
  return rows;
}

/** What editors ask when they show a file, and when somebody points at its beginning. */
const shownMethods = [
  'diagnostic',
  'documentSymbol',
  'foldingRange',
  'semanticTokens/full',
  'codeLens',
  'documentLink',
  'hover',
  'completion',
] as const;

async function ask(server: LspProcess, method: string, uri: string): Promise<unknown> {
  return await server.request(`textDocument/${method}`, {
    textDocument: { uri },
    position: { line: 0, character: 1 },
  });
}

/** What a client sees that does not ask: JSON's server waits half a second by design. */
async function sentRows(both: readonly Contender[]): Promise<BenchRow[]> {
  const file = benchFiles.find(({ name }) => name === '500 phases');
  if (file === undefined) return [];
  const uri = 'file:///niia-bench/sent.connector.json';
  const { prompt } = placesIn(file.text);
  const started = await Promise.all(both.map(contender => start(contender, fullCapabilities)));
  const servers = both.map(({ name }, index) => ({ name, server: serverAt(started, index) }));
  for (const { server } of servers) {
    const first = server.nextDiagnostics();
    await server.open(uri, file.text);
    await first;
  }
  await setTimeout(restMs);
  const times = await inTurns(servers, sentRounds, async server => {
    const next = server.nextDiagnostics();
    await server.change(uri, [{ range: { start: prompt, end: prompt }, text: 'x' }]);
    await next;
  });
  for (const { server } of servers) await server[Symbol.asyncDispose]();
  return percentiles(`change → diagnostics sent unasked, ${file.name}`, times, 30);
}

interface NamedServer {
  readonly name: Contender['name'];
  readonly server: LspProcess;
}

/** Asks for diagnostics as clients do: with the id of what they have, so that it need not be sent again. */
function diagnosing(uri: string): Action {
  const known = new Map<LspProcess, string | undefined>();
  return async server => {
    const previousResultId = known.get(server);
    const report = await server.request<DocumentDiagnosticReport>('textDocument/diagnostic', {
      textDocument: { uri },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });
    known.set(server, report.resultId);
  };
}

/** Measures an action on both servers in turns, each first every other time; the first two rounds warm up. */
async function inTurns(
  servers: readonly NamedServer[],
  rounds: number,
  action: Action,
  afterEach?: (server: LspProcess) => Promise<unknown>,
): Promise<Times> {
  const times: Times = { ours: [], json: [] };
  for (let round = -2; round < rounds; round++) {
    for (const { name, server } of round % 2 === 0 ? servers : servers.toReversed()) {
      const started = performance.now();
      await action(server, round + 2);
      if (round >= 0) times[name].push(performance.now() - started);
      await afterEach?.(server);
    }
  }
  return times;
}

/** Places in the middle of a file. */
function placesIn(text: string) {
  const middle = text.indexOf('"name": "phase-', Math.floor(text.length / 2));
  const positionOf = (needle: string, plus: number): Position => {
    const offset = text.indexOf(needle, middle) + plus;
    const before = text.slice(0, offset);
    return { line: before.split('\n').length - 1, character: offset - before.lastIndexOf('\n') - 1 };
  };
  return {
    /** Inside the value of a model. */
    model: positionOf('"model": "', '"model": "'.length + 1),
    alias: positionOf('"model": "', '"model": "'.length + 1),
    /** In front of a key. */
    key: positionOf('"model": "', 0),
    keyName: positionOf('"model": "', 2),
    prompt: positionOf('"prompt": "', '"prompt": "'.length),
  };
}

function percentiles(name: string, times: Times, goalMs?: number): BenchRow[] {
  return [0.5, 0.95, 0.99].map(part => {
    const row = comparison(`${name}, p${part * 100}`, times, part, 'ms', part === 0.95 ? 1 : undefined);
    if (part !== 0.95 || goalMs === undefined) return row;
    const goal = `${row.goal} and < ${goalMs} ms`;
    return { ...row, goal, isMet: row.isMet === true && row.value < goalMs };
  });
}

/** A row that sets ours against the other; `atMost` = the goal for the ratio. */
function comparison(name: string, times: Times, part: number, unit: string, atMost?: number): BenchRow {
  const value = percentile(times.ours, part);
  const baseline = percentile(times.json, part);
  const ratio = value / baseline;
  const goal = atMost === undefined ? {} : { goal: `≤ ${atMost} × JSON server`, isMet: ratio <= atMost };
  return { name, value, unit, baseline, ratio, ...goal, runs: times.ours };
}

async function renameRow(server: LspProcess, uri: string, position: Position): Promise<BenchRow> {
  const runs: number[] = [];
  for (let round = 0; round < 30; round++) {
    const started = performance.now();
    await server.request('textDocument/rename', { textDocument: { uri }, position, newName: `name${round}` });
    runs.push(performance.now() - started);
  }
  const value = percentile(runs, 0.95);
  return { name: 'rename, 500 phases, p95', value, unit: 'ms', goal: '< 50 ms', isMet: value < 50, runs };
}

function memoryRow(file: string, servers: readonly NamedServer[]): BenchRow {
  const times: Times = { ours: [], json: [] };
  for (const { name, server } of servers) times[name].push(server.residentMb());
  return comparison(`resident memory after that, ${file}`, times, 0.5, 'MB', 1.5);
}

function bundleRow(): BenchRow {
  const value = statSync(join(import.meta.dirname, '../../dist/server.js')).size / 1000;
  return { name: 'server bundle', value, unit: 'kB', goal: '< 900 kB', isMet: value < 900, runs: [value] };
}

function percentile(numbers: readonly number[], part: number): number {
  if (part === 0.5) return median(numbers);
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

function serverAt(started: readonly { readonly server: LspProcess }[], index: number): LspProcess {
  const found = started[index]?.server;
  if (found === undefined) throw new Error('a server did not start');
  return found;
}
