import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AgentState } from '../../../runtime/agents/terminal/detector.ts';
import { untilStalled } from '../../../runtime/runner/stall-watch.ts';

/** What a terminal is at one look, and what has come since the one before. */
interface Look {
  readonly state?: AgentState['kind'];
  readonly screen?: string;
  readonly records?: number;
}

/** Watches a terminal that may be silent for 80 ms, which is 8 looks; it is gone after the last look. */
async function watch(looks: readonly Look[]): Promise<{ readonly end: string; readonly afterLooks: number }> {
  let at = -1;
  let now = 0;
  const look = (): Look => looks[Math.max(0, at)] ?? {};
  const terminal = {
    get verdict() {
      // Of a state only its kind matters here.
      const state = { kind: look().state ?? 'working' } as AgentState;
      return { state, since: 0, evidence: [], isGuessed: false };
    },
    get records() {
      return looks.slice(0, at + 1).reduce((sum, { records = 0 }) => sum + records, 0);
    },
    shownAtWork: async () => (look().screen ?? '').split('\n'),
    waitFor: async (probe: () => boolean, ms?: number) => {
      for (;;) {
        if (probe()) return 'met' as const;
        at += 1;
        now += ms ?? 10;
        if (at >= looks.length) return 'closed' as const;
        if (ms !== undefined) return probe() ? ('met' as const) : ('late' as const);
      }
    },
  };
  const clock = { now: () => now, after: () => ({ [Symbol.dispose]: () => {} }) };
  return { end: await untilStalled(terminal, clock, 80), afterLooks: at + 1 };
}

const times = (count: number, look: (index: number) => Look): readonly Look[] =>
  Array.from({ length: count }, (_, index) => look(index));

describe('a CLI at work in its terminal', () => {
  test('is stalled when only counters, signs and words of before move on its screen', async () => {
    const { end, afterLooks } = await watch(
      times(50, at => ({ screen: `${'⠋⠙'[at % 2]} Thinking (${at}s)\n${['Tip: a', 'Tip: b'][at % 2]}` })),
    );
    assert.equal(end, 'stalled');
    assert.equal(afterLooks, 10, 'eight looks after the last new word');
  });

  test('lives while words come that were not there before', async () => {
    const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    const { end } = await watch(times(40, at => ({ screen: words.slice(0, Math.ceil(at / 6)).join('\n') })));
    assert.equal(end, 'closed');
  });

  test('lives while its channels tell anything', async () => {
    const { end } = await watch(times(40, at => ({ records: at % 7 === 0 ? 1 : 0 })));
    assert.equal(end, 'closed');
  });

  test('has all the time while it waits for a person, and its whole time afterwards', async () => {
    const waiting = times(30, () => ({ state: 'waiting' }) as const);
    const work = times(5, () => ({}));
    assert.equal((await watch([...work, ...waiting, ...work])).end, 'closed');
    assert.equal((await watch([...work, ...waiting, ...work, ...work])).end, 'stalled');
  });
});
