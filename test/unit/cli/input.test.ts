import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseArguments, parsePairs } from '../../../runtime/cli/arguments.ts';
import { createDetachFilter } from '../../../runtime/cli/attach/detach-keys.ts';
import { createLineReader } from '../../../runtime/cli/logs/plain-lines.ts';
import { choosePhase, chooseRun, chooseWorker } from '../../../runtime/cli/names.ts';
import type { VerbSpec } from '../../../runtime/cli/verb.ts';
import type { RunRow } from '../../../runtime/protocol.ts';
import { planOf } from '../engine/plans.ts';

const spec: VerbSpec = {
  name: 'demo',
  usage: 'FILE [--json]',
  description: '',
  positionals: { min: 1, max: 2 },
  options: {
    json: { type: 'flag', help: '' },
    task: { type: 'value', value: 'T', help: '' },
    var: { type: 'list', value: 'K=V', help: '' },
  },
};

async function messageOf(argv: readonly string[]): Promise<string> {
  const parsed = await parseArguments(spec, argv);
  return parsed.ok ? 'ok' : [parsed.failure.message, ...parsed.failure.advice].join(' | ');
}

test('flags, values, lists and positionals are read in any order', async () => {
  const parsed = await parseArguments(spec, [
    '--var',
    'a=1',
    'file',
    '--json',
    '--var=b=2',
    '--task',
    'do it',
  ]);
  assert.ok(parsed.ok);
  const { positionals, flag, value, list } = parsed.value;
  assert.deepEqual(
    [positionals, flag('json'), value('task'), list('var')],
    [['file'], true, 'do it', ['a=1', 'b=2']],
  );
});

test('what does not fit is named, with what was probably meant', async () => {
  assert.equal(
    await messageOf(['f', '--jsn']),
    'demo has no option "--jsn" | did you mean --json? | see: niia demo --help',
  );
  assert.equal(await messageOf(['f', '--zzz']), 'demo has no option "--zzz" | see: niia demo --help');
  assert.equal(await messageOf([]), 'demo needs more arguments | usage: niia demo FILE [--json]');
  assert.equal(
    await messageOf(['a', 'b', 'c']),
    'demo does not take the argument "c" | usage: niia demo FILE [--json]',
  );
  assert.match(await messageOf(['f', '--task']), /--task.*argument missing/);
});

test('pairs are split at the first equals sign, and need a name', () => {
  assert.deepEqual(parsePairs('var', ['a=b=c', 'd=']), { ok: true, value: { a: 'b=c', d: '' } });
  assert.equal(parsePairs('var', ['=x']).ok, false);
  assert.equal(parsePairs('var', ['x']).ok, false);
});

test('Ctrl-] d detaches, Ctrl-] Ctrl-] sends one, any other key is sent with it', () => {
  const type = (...pieces: readonly string[]) => {
    const filter = createDetachFilter();
    const results = pieces.map(piece => filter(Buffer.from(piece)));
    const sent = results.map(result => result.forward.toString()).join('');
    return [sent, results.some(result => result.isDetached)];
  };
  assert.deepEqual(type('ab\u001dd'), ['ab', true]);
  assert.deepEqual(type('ab\u001d', 'd'), ['ab', true]);
  assert.deepEqual(type('\u001d\u001dx'), ['\u001dx', false]);
  assert.deepEqual(type('\u001d', '\u001d', 'x'), ['\u001dx', false]);
  assert.deepEqual(type('\u001dx'), ['\u001dx', false]);
  assert.deepEqual(type('\u001b[93;5ud'), ['', true]);
  assert.deepEqual(type('ä漢'), ['ä漢', false]);
});

test('input without the detach key passes byte for byte, however it is cut', () => {
  const withoutKey = fc.uint8Array().filter(bytes => !bytes.includes(0x1d) && !bytes.includes(0x1b));
  fc.assert(
    fc.property(fc.array(withoutKey), pieces => {
      const filter = createDetachFilter();
      const sent = pieces.map(piece => filter(Buffer.from(piece)).forward);
      assert.deepEqual(Buffer.concat(sent), Buffer.concat(pieces));
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('terminal output becomes the same plain lines however it is cut', () => {
  const bytes = Buffer.from('\u001b[31mréd\u001b[0m\r\nprogress 1%\rprogress 99%\rdone\n漢字\nlast');
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), cuts => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const reader = createLineReader();
      const lines = places.slice(1).flatMap((end, at) => reader.feed(bytes.subarray(places[at], end)));
      assert.deepEqual([...lines, ...reader.end()], ['réd', 'done', '漢字', 'last']);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('a run is found by its id, by a prefix of only one, and as the last', () => {
  const row = (run: string, startedAt: string): RunRow => ({
    run,
    name: 'n',
    file: '/f',
    state: 'running',
    startedAt,
    phasesDone: 0,
    phases: 1,
    workers: 1,
  });
  const rows = [row('review-1', '2026-01-01'), row('review-12', '2026-01-03'), row('fix-1', '2026-01-02')];
  const found = (text: string) => {
    const chosen = chooseRun(rows, text);
    return chosen.ok ? chosen.value : [chosen.failure.message, ...chosen.failure.advice].join(' | ');
  };
  assert.equal(found('review-1'), 'review-1');
  assert.equal(found('fix'), 'fix-1');
  assert.equal(found('last'), 'review-12');
  assert.equal(found('review'), '"review" fits several runs | review-1 | review-12');
  assert.equal(
    found('fxi-1'),
    'there is no run "fxi-1" | did you mean fix-1? | niia ps --all lists the runs',
  );
});

test('workers and phases are found by what people call them', () => {
  const plan = planOf({ phases: [{ name: 'look', count: 2 }, { name: 'fix' }] });
  const worker = (text: string) => {
    const chosen = chooseWorker(plan, text);
    return chosen.ok ? chosen.value : chosen.failure.message;
  };
  assert.equal(worker('look/2'), 'look/2');
  assert.equal(worker('2'), 'look/2');
  assert.equal(worker('fix'), 'fix/1');
  assert.equal(worker('1'), '"1" fits several workers');
  assert.equal(worker('nobody'), 'the run has no worker "nobody"');
  const phase = choosePhase(plan, '2');
  assert.ok(phase.ok && phase.value === 'fix');
});
