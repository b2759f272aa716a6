/** The detector's goals, over recordings of real CLIs (test/corpus); `npm run bench:state` compares it with other ways. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readerOf, type TerminalCli } from '../../../runtime/agents/terminal/terminal-cli.ts';
import { terminalCliFor } from '../../../runtime/agents/terminal/terminal-clis.ts';
import { type Recording, readCorpus } from '../../corpus/recording.ts';
import { replayScreenOnly, replayStructured } from '../../corpus/replay.ts';
import { addScores, percentile, type Score, scoreOf } from '../../corpus/score.ts';
import { screensOf } from '../../corpus/screens.ts';
import { forged } from '../../corpus/variants.ts';

const recordings = readCorpus();
const screens = new Map(recordings.map(recording => [recording, screensOf(recording)]));

async function scored(list: readonly Recording[], replay: typeof replayStructured): Promise<Score> {
  const scores = await Promise.all(
    list.map(async recording => {
      const cli = terminalCliFor(recording.cli, 'linux');
      assert.ok(cli !== undefined, recording.cli);
      return scoreOf(
        recording,
        cli,
        replay(recording, cli, await (screens.get(recording) ?? screensOf(recording))),
      );
    }),
  );
  return addScores(scores);
}

describe('over recordings of real CLIs, the detector', () => {
  test('calls nothing done that is not, misses neither an end nor a wait, and is fast', async () => {
    const score = await scored(recordings, replayStructured);
    assert.deepEqual(score.falseDone, []);
    assert.deepEqual(score.falseBusy, []);
    assert.deepEqual(score.missedWaits, []);
    assert.ok(score.works > 50 && score.ends > 50 && score.waits > 8, 'the corpus is there');
    const p95 = percentile(score.ownLatencies, 0.95);
    assert.ok(p95 <= 150, `p95 is ${p95} ms`);
  });

  test('believes no end that output alone makes up', async () => {
    const tools = recordings.filter(({ scenario }) => scenario === 'tools');
    const score = await scored(tools.map(forged), replayStructured);
    assert.deepEqual(score.falseDone, []);
    assert.deepEqual(score.falseBusy, []);
    assert.ok(score.works >= 4);
  });

  test('finds every wait by the screen alone, and ends within a second', async () => {
    const score = await scored(recordings, replayScreenOnly);
    assert.deepEqual(score.missedWaits, []);
    assert.deepEqual(score.falseBusy, []);
    assert.deepEqual(score.falseDone, []);
    const p95 = percentile(score.ownLatencies, 0.95);
    assert.ok(p95 <= 1000, `p95 is ${p95} ms`);
  });
});

describe('each recorded CLI', () => {
  // Gemini's answers stand in its conversation's file, which the corpus does not hold.
  for (const cli of ['claude', 'codex', 'copilot', 'opencode', 'qwen', 'pi']) {
    test(`tells the answer of ${cli} by its channels`, () => {
      const normal = recordings.find(({ scenario, cli: name }) => name === cli && scenario === 'normal');
      assert.ok(normal !== undefined);
      assert.match(
        answersOf(normal, terminalCliFor(cli, 'linux')).join('\n'),
        /^All done\. I looked at everything/m,
      );
    });
  }
});

function answersOf({ events }: Recording, cli: TerminalCli | undefined): readonly string[] {
  const read = cli && readerOf(cli);
  return events.flatMap(event => {
    const facts = event.kind === 'record' ? (read?.(event.record).facts ?? []) : [];
    return facts.flatMap(fact => (fact.kind === 'answer' ? [fact.text] : []));
  });
}
