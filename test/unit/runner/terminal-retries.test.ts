import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claudeTerminal } from '../../../runtime/agents/terminal/claude.ts';
import type { AgentState } from '../../../runtime/agents/terminal/detector.ts';
import type { TurnFact, UseFact } from '../../../runtime/agents/terminal/terminal-cli.ts';
import { untilGivenUp } from '../../../runtime/runner/terminal-retries.ts';
import { ManualClock } from '../../integration/agents/manual-clock.ts';

/** What a terminal is at one look, and what has come since the one before. */
interface Look {
  readonly state?: AgentState['kind'];
  readonly screen?: string;
  readonly fact?: TurnFact;
  readonly use?: UseFact;
}

const LIMIT_MS = 30_000;

/** Watches a terminal that may try again for 30 s, which is 12 looks; it is gone after the last look. */
async function watch(looks: readonly Look[]) {
  const clock = new ManualClock();
  let at = 0;
  const facts: TurnFact[] = [];
  const uses: UseFact[] = [];
  const now = (): Look => looks[at] ?? {};
  const terminal = {
    get verdict() {
      // Of a state only its kind matters here.
      const state = { kind: now().state ?? 'working' } as AgentState;
      return { state, since: 0, evidence: [], isGuessed: false };
    },
    facts,
    uses,
    shownAtWork: async () => [now().screen ?? ''],
    waitFor: async (probe: () => boolean, ms = 0) => {
      at += 1;
      clock.advance(ms);
      const { fact, use } = now();
      if (fact !== undefined) facts.push(fact);
      if (use !== undefined) uses.push(use);
      if (probe()) return 'met' as const;
      return at >= looks.length ? ('closed' as const) : ('late' as const);
    },
  };
  const hint = await untilGivenUp(terminal, clock, LIMIT_MS, claudeTerminal.readRetry);
  return { message: hint?.message, afterLooks: at, hint };
}

const times = (count: number, look: Look): readonly Look[] => Array.from({ length: count }, () => look);

describe('a CLI in its terminal that only tries again', () => {
  test('is given up when nothing came of a retry for too long', async () => {
    const fact = { kind: 'retrying', message: 'no room', status: 429 } as const;
    const { hint } = await watch([{}, {}, { fact }, ...times(30, {})]);
    assert.deepEqual(hint, { message: 'no room', status: 429 });
  });

  test('is left alone when its model is used again, or there are new words', async () => {
    const fact = { kind: 'retrying', message: '429' } as const;
    const use = { kind: 'used', id: '1', usage: {} } as const;
    assert.equal(
      (await watch([{}, { fact }, ...times(6, {}), { use }, ...times(30, {})])).message,
      undefined,
    );
    const written = [{}, { fact }, ...times(6, {}), ...times(30, { screen: 'Here it is.' })];
    assert.equal((await watch(written)).message, undefined);
  });

  test('is given up at once when it will wait for too long, and it is known until when', async () => {
    const fact = { kind: 'retrying', message: '429', delayMs: 300_000 } as const;
    const { hint, afterLooks } = await watch([{}, { fact }, {}, {}, {}, {}]);
    assert.ok(hint?.until !== undefined);
    assert.equal(afterLooks, 2);
  });

  test('is given up when its screen counts attempts for too long', async () => {
    const looks = times(30, {}).map((_, at) => ({
      screen: `✻ 401 authentication_error · retrying in ${at}s · attempt ${1 + Math.floor(at / 3)}/10`,
    }));
    const { message } = await watch(looks);
    assert.equal(message, '401 authentication_error');
  });

  test('has all the time while a person is asked', async () => {
    const fact = { kind: 'retrying', message: '429' } as const;
    const looks = [{}, { fact }, ...times(8, {}), ...times(30, { state: 'waiting' })];
    assert.equal((await watch(looks)).message, undefined);
  });
});
