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

interface Written {
  readonly name: string;
  readonly needs?: readonly string[];
}

/** For every phase the names of what is over before it, found the plain way: of phases with one name the first counts. */
function finishedPlainly(list: readonly Written[]): readonly ReadonlySet<string>[] {
  const placeOf = (name: string) => list.findIndex(other => other.name === name);
  const finished: ReadonlySet<string>[] = [];
  for (const { name, needs } of list) {
    const place = placeOf(name);
    const wanted = needs ?? list.slice(0, place).map(other => other.name);
    const earlier = wanted.filter(other => placeOf(other) >= 0 && placeOf(other) < place);
    finished.push(new Set(earlier.flatMap(other => [other, ...(finished[placeOf(other)] ?? [])])));
  }
  return finished;
}

test('a phase waits for what it needs, and for what that has waited for', () => {
  const holds = fc.property(phases, list => {
    const text = JSON.stringify({ connector: '2.1', pipeline: { phases: list } });
    const { outline } = analyze(text, { fileName: 'x.connector.json' });
    const graph = readPhaseGraph(outline);
    const plain = finishedPlainly(list);
    for (const phase of outline.phases) {
      const finished = plain[phase.index] ?? new Set();
      assert.deepEqual(graph.finishedBefore(phase), finished, `before ${phase.index}`);
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

test('long files are right across the words of the sets', () => {
  const list = Array.from({ length: 130 }, (_, index) => ({
    name: `p${index}`,
    ...(index % 3 === 0 ? {} : { needs: [`p${Math.max(0, index - 1 - (index % 40))}`] }),
  }));
  const { outline } = analyze(JSON.stringify({ pipeline: { phases: list } }), {
    fileName: 'x.connector.json',
  });
  const graph = readPhaseGraph(outline);
  const plain = finishedPlainly(list);
  for (const phase of outline.phases)
    assert.deepEqual(graph.finishedBefore(phase), plain[phase.index], `before ${phase.index}`);
});
