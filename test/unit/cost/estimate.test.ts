import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { describeEstimates } from '../../../runtime/cli/cost-estimates.ts';
import { estimateCosts, type PhaseSpending } from '../../../runtime/cost/estimate.ts';

const file = '/project/connector.json';

function earlier(costs: readonly (number | undefined)[], more: Partial<PhaseSpending> = {}) {
  return costs.map(
    (costUsd, i): PhaseSpending => ({
      v: 1,
      run: `r-${i}`,
      file,
      phase: 'build',
      at: '2026-01-01T00:00:00.000Z',
      outcome: 'succeeded',
      workers: 1,
      models: ['claude'],
      ...(costUsd === undefined ? {} : { costUsd }),
      ...more,
    }),
  );
}

function estimate(history: readonly PhaseSpending[], workers = 1) {
  const [one] = estimateCosts(file, [{ phase: 'build', workers, models: ['claude'] }], history);
  assert.ok(one);
  return one;
}

suite('an estimate of costs', () => {
  test('is the median of earlier runs, with the range', () => {
    const { costUsd, minUsd, maxUsd, runs } = estimate(earlier([3, 1, 2, 10]));
    assert.deepEqual([costUsd, minUsd, maxUsd, runs], [2.5, 1, 10, 4]);
  });

  test('is for as many workers as are planned', () => {
    assert.equal(estimate(earlier([4], { workers: 2 }), 6).costUsd, 12);
  });

  test('is as sure as what it stands on', () => {
    const sureness = [
      estimate([]),
      estimate(earlier([1])),
      estimate(earlier([1, 2])),
      estimate(earlier([1, 1, 1, 1, 2])),
      estimate(earlier([1, 1, 1, 1, 9])),
      estimate(earlier([1, 1, 1, 1, 1], { models: ['codex'] })),
    ].map(({ confidence }) => confidence);
    assert.deepEqual(sureness, ['none', 'low', 'fair', 'good', 'fair', 'low']);
  });

  test('leaves out other files, other phases, failures and what is not known', () => {
    const history = [
      ...earlier([1], { file: '/other/connector.json' }),
      ...earlier([1], { phase: 'review' }),
      ...earlier([1], { outcome: 'failed' }),
      ...earlier([undefined]),
    ];
    assert.equal(estimate(history).confidence, 'none');
  });

  test('prefers runs with the same models', () => {
    const history = [...earlier([9, 9], { models: ['codex'] }), ...earlier([1], { models: ['claude'] })];
    assert.equal(estimate(history).costUsd, 1);
  });

  test('is said in one line, with what is not known', () => {
    const phases = ['build', 'review'].map(phase => ({ phase, workers: 1, models: ['claude'] }));
    const lines = [[], earlier([1, 2]), [...earlier([1]), ...earlier([2], { phase: 'review' })]].map(
      history => describeEstimates(estimateCosts(file, phases, history)),
    );
    assert.deepEqual(lines, [
      'unknown: no earlier run of this file whose cost is known',
      'at least about $1.50 ($1.00 to $2.00; fairly sure, 2 earlier runs; nothing is known of review)',
      'about $3.00 (a guess, 1 earlier run)',
    ]);
    assert.equal(describeEstimates([]), '');
  });
});
