import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { analyze } from '../../../runtime/analysis/analyze.ts';
import { readPhaseGraph } from '../../../runtime/analysis/phase-graph.ts';

/** Phases that need any phases, or all: also later ones, themselves, unknown ones, and names that occur twice. */
const phases = fc.array(
  fc.record(
    {
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      needs: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'unknown'), { maxLength: 3 }),
    },
    { requiredKeys: ['name'] },
  ),
  { minLength: 1, maxLength: 8 },
);

test('asking for one phase and for all that are over before gives the same answer', () => {
  const holds = fc.property(phases, list => {
    const text = JSON.stringify({ connector: '2.1', pipeline: { phases: list } });
    const { outline } = analyze(text, { fileName: 'x.connector.json' });
    const graph = readPhaseGraph(outline);
    for (const phase of outline.phases) {
      const finished = graph.finishedBefore(phase);
      for (const { name } of outline.phases)
        assert.equal(
          graph.isFinishedBefore(name, phase),
          finished.has(name),
          `${name} before ${phase.index}`,
        );
    }
  });
  fc.assert(holds, { numRuns: Number(process.env.FUZZ_RUNS ?? 500), seed: 11 });
});
