import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawPhaseMap } from '../../../runtime/cli/phase-map.ts';

/** `name: needs…` a line → the drawing. */
function draw(text: string, width = 80): string {
  const phases = text.split(/;\s*/).map(line => {
    const [name = '', needs = ''] = line.split(':');
    return { name, text: name, needs: needs.split(' ').filter(Boolean) };
  });
  return drawPhaseMap(phases, width).join('\n');
}

test('phases in order stand in a row, although each needs all before it', () => {
  assert.equal(draw('a; b:a; c:a b; d:a b c'), 'a ────▶ b ────▶ c ────▶ d');
});

test('phases side by side fan out and in', () => {
  assert.equal(
    draw('plan; api:plan; web:plan; ship:api web'),
    ['plan ──┬─▶ api ──┬─▶ ship', '       └─▶ web ──┘'].join('\n'),
  );
});

test('an odd number of phases is centred', () => {
  assert.equal(
    draw('plan; a:plan; long:plan; c:plan; end:a long c'),
    ['       ┌─▶ a ─────┐', 'plan ──┼─▶ long ──┼─▶ end', '       └─▶ c ─────┘'].join('\n'),
  );
});

test('two layers that need each other wholly are joined by one bar', () => {
  assert.equal(draw('a; b; c:a b; d:a b; e:a b'), ['a ──┬─▶ c', 'b ──┼─▶ d', '    └─▶ e'].join('\n'));
});

test('a graph that is no sequence of layers is a list with the needs of each phase', () => {
  assert.equal(
    draw('a; b:a; c:a; d:c; e:b d'),
    ['1  a', '2  b  ◀─ a', '3  c  ◀─ a', '4  d  ◀─ c', '5  e  ◀─ b, d'].join('\n'),
  );
});

test('a drawing that does not fit the width is a list', () => {
  assert.equal(draw('first; second:first', 12), ['1  first', '2  second  ◀─ first'].join('\n'));
});
