/**
 * How well the state of a real CLI is told: recordings of real programs, replayed with a virtual clock through our detector
 * and through what others do. `npm run bench:state` also prints every mistake.
 */

import type { TerminalCli } from '../../runtime/agents/terminal/terminal-cli.ts';
import { terminalCliFor } from '../../runtime/agents/terminal/terminal-clis.ts';
import { type Recording, readCorpus } from '../corpus/recording.ts';
import { type Judgement, replayScreenOnly, replayStructured } from '../corpus/replay.ts';
import { addScores, percentile, type Score, scoreOf } from '../corpus/score.ts';
import { type ScreenAt, screensOf } from '../corpus/screens.ts';
import { flooded, forged } from '../corpus/variants.ts';
import type { BenchRow } from './row.ts';
import { screenMethods } from './support/state-methods.ts';

interface Method {
  readonly name: string;
  readonly latencyGoalMs?: number;
  /** The only CLIs that it can judge; absent = all. */
  readonly clis?: readonly string[];
  judge(recording: Recording, cli: TerminalCli, screens: readonly ScreenAt[]): readonly Judgement[];
}

const methods: readonly Method[] = [
  { name: 'niia, all sources', latencyGoalMs: 150, judge: replayStructured },
  { name: 'niia, screen alone', latencyGoalMs: 1000, judge: replayScreenOnly },
  ...screenMethods.map(
    ({ judge, ...method }): Method => ({
      ...method,
      judge: (recording, _, screens) => judge(recording, screens),
    }),
  ),
];

/** Replays everything through every method. */
export async function bench(): Promise<BenchRow[]> {
  const recordings = readCorpus();
  const scores = await scoreMethods(recordings);
  const attacked = await scoreAttacks(recordings);
  if (process.argv.includes('--mistakes')) {
    for (const [name, score] of [...scores, ['attacks', attacked] as const]) tellMistakes(name, score);
  }
  return [...methods.flatMap(method => rowsOf(method, scores.get(method.name))), ...attackRows(attacked)];
}

/** Scores of every method over all recordings that it can judge. */
async function scoreMethods(recordings: readonly Recording[]): Promise<ReadonlyMap<string, Score>> {
  const scores = new Map<string, Score[]>(methods.map(({ name }) => [name, []]));
  for (const recording of recordings) {
    const cli = terminalCliFor(recording.cli, 'linux');
    if (cli === undefined) continue;
    const screens = await screensOf(recording);
    for (const { name, judge, clis } of methods) {
      if (clis?.includes(recording.cli) === false) continue;
      scores.get(name)?.push(scoreOf(recording, cli, judge(recording, cli, screens)));
    }
  }
  return new Map([...scores].map(([name, list]) => [name, addScores(list)]));
}

/**
 * Our score where the output itself lies: forged ends, and 10 MB of output full of them. For ours alone: raw bytes on the
 * screen of a text interface are nothing that a method of screens has to understand.
 */
async function scoreAttacks(recordings: readonly Recording[]): Promise<Score> {
  const scores: Score[] = [];
  for (const recording of recordings.filter(({ scenario }) => scenario === 'tools')) {
    const cli = terminalCliFor(recording.cli, 'linux');
    if (cli === undefined) continue;
    for (const variant of [flooded(recording), forged(recording)]) {
      scores.push(scoreOf(variant, cli, replayStructured(variant, cli, await screensOf(variant))));
    }
  }
  return addScores(scores);
}

function attackRows({ falseDone, works, falseBusy, ends }: Score): readonly BenchRow[] {
  const name = 'niia, output with forged ends and 10 MB of it';
  return [
    row(`${name}: false done, of ${works} works`, falseDone.length, '', ['0', falseDone.length === 0]),
    row(`${name}: ends missed, of ${ends}`, falseBusy.length, '', ['0', falseBusy.length === 0]),
  ];
}

function rowsOf({ name, latencyGoalMs }: Method, score: Score | undefined): readonly BenchRow[] {
  if (score === undefined) return [];
  const busy = share(score.falseBusy.length, score.ends);
  const found = 100 - share(score.missedWaits.length, score.waits);
  const isOurs = latencyGoalMs !== undefined;
  return [
    row(
      `${name}: false done, of ${score.works} works`,
      score.falseDone.length,
      '',
      isOurs ? ['0', score.falseDone.length === 0] : [],
    ),
    row(`${name}: false busy, of ${score.ends} ends`, busy, '%', isOurs ? ['≤ 1 %', busy <= 1] : []),
    row(`${name}: waiting found, of ${score.waits}`, found, '%', isOurs ? ['≥ 99 %', found >= 99] : []),
    row(`${name}: latency p50 after the CLI's first sign`, percentile(score.ownLatencies, 0.5), 'ms', []),
    latencyRow(name, percentile(score.ownLatencies, 0.95), latencyGoalMs),
    row(`${name}: latency p50 after the cause`, percentile(score.latencies, 0.5), 'ms', []),
    row(`${name}: latency p95 after the cause`, percentile(score.latencies, 0.95), 'ms', []),
    row(`${name}: unknown, of the time`, share(score.unknownMs, score.scoredMs), '%', []),
  ];
}

function latencyRow(name: string, value: number, goalMs: number | undefined): BenchRow {
  const goal: readonly [] | readonly [string, boolean] =
    goalMs === undefined ? [] : [`≤ ${goalMs} ms`, value <= goalMs];
  return row(`${name}: latency p95 after the CLI's first sign`, value, 'ms', goal);
}

function row(
  name: string,
  value: number,
  unit: string,
  [goal, isMet]: readonly [] | readonly [string, boolean],
): BenchRow {
  return { name, value, unit, runs: [value], ...(goal === undefined ? {} : { goal, isMet: isMet === true }) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

function tellMistakes(name: string, { falseDone, falseBusy, missedWaits }: Score): void {
  console.error(`\n${name}`);
  for (const line of falseDone) console.error(`  false done: ${line}`);
  for (const line of falseBusy) console.error(`  false busy: ${line}`);
  for (const line of missedWaits) console.error(`  missed waiting: ${line}`);
}
