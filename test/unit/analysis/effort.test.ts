import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../../../runtime/analysis/analyze.ts';
import { findOccurrences } from '../../../runtime/analysis/occurrences.ts';
import type { Outline } from '../../../runtime/analysis/outline.ts';

// Texts that no person writes must not take longer than they are long. Time depends on the machine: these count instead
// how often a part is looked at, for a file and for one twice as long.

/** A list that counts how often one of its items is read. */
function counting<T>(items: readonly T[], count: () => void): readonly T[] {
  return new Proxy(items, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) count();
      return Reflect.get(target, key, receiver);
    },
  });
}

function reads(outline: Outline, ask: (outline: Outline) => unknown): number {
  let count = 0;
  const phases = outline.phases.map(phase => ({
    ...phase,
    steps: counting(phase.steps, () => count++),
    members: counting(phase.members, () => count++),
  }));
  ask({ ...outline, phases });
  return count;
}

/** A phase with so many steps, each of which names another, and so many workers. */
function longPhase(length: number): string {
  const steps = Array.from({ length }, (_, index) => ({
    name: `s${index}`,
    binary: 'b',
    output: { r: { match: 'exit:0', next: [`s${index + 1}`] } },
  }));
  const workers = Array.from({ length }, (_, index) => ({
    name: `w${index}`,
    prompt: `{answers.a.w${index}}`,
  }));
  return JSON.stringify({
    models: { primary: 'claude' },
    pipeline: { phases: [{ name: 'a', steps, workers }] },
  });
}

test('names are found in one walk, however many there are', () => {
  const [once = 0, twice = 0] = [300, 600].map(length => {
    const { document, outline, names } = analyze(longPhase(length), { fileName: 'a.json' });
    return reads(outline, counted => findOccurrences({ document, outline: counted, names }));
  });
  assert.ok(once > 0);
  assert.ok(twice <= 2.2 * once, `${once} reads, then ${twice}`);
});
