import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stateLenses } from '../../../../client/views/state-lenses.ts';
import type { NewEvent } from '../../../../runtime/engine/events.ts';
import { sampleRun, untilEnd, untilGate, untilQuestion } from './sample.ts';

/** A line per place: the lenses over the file, then over each phase. */
function render(events: readonly NewEvent[], isLoaded = true): readonly string[] {
  const { row, loaded } = sampleRun(events);
  const lenses = stateLenses(row, isLoaded ? loaded.view : undefined);
  const places = [...new Set(lenses.map(({ phase }) => phase))];
  return places.map(place => {
    const here = lenses.filter(({ phase }) => phase === place);
    return `${place ?? 'file'}: ${here.map(({ title }) => title).join(' | ')}`;
  });
}

describe('lenses with the state of the last run', () => {
  it('say how phases ended, and offer what goes on', () => {
    assert.deepEqual(render(untilGate), [
      'file: ? waits for you · 2/3 phases · $0.12 | Stop',
      'research: ✓ 19s · 2 workers',
      'build: ✗ failed | Retry',
      'deploy: ? waits for approval | Approve',
    ]);
  });

  it('name the worker that asks over its phase', () => {
    assert.deepEqual(render(untilQuestion), [
      'file: ◌ running · 0/3 phases | Stop',
      'research: ◌ running · 0/2 done | Answer research/1… | Terminals',
    ]);
  });

  it('say how long an ended run took and what it cost', () => {
    const [file] = render(untilEnd);
    assert.equal(file, 'file: ✗ failed · 33s · 4 workers · $0.12');
  });

  it('stand over the file alone until the run is loaded', () => {
    assert.deepEqual(render(untilEnd, false), ['file: ✗ failed · 33s · 4 workers · $0.12']);
  });

  it('hand commands plain names', () => {
    const { row, loaded } = sampleRun(untilGate);
    const approve = stateLenses(row, loaded.view).find(({ command }) => command === 'niia.approve');
    assert.deepEqual(approve?.argument, { run: 'demo-1', phase: 'deploy' });
  });
});
