import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  readReferencesTarget,
  readRuleSeverity,
  readRunItem,
  readRunTarget,
} from '../../../client/arguments.ts';
import { isSameFile } from '../../../client/runs/same-file.ts';
import { codeLenses } from '../../../server/features/code-lens.ts';
import { contextOf, snapshotOf } from '../../support/cursor.ts';

const nonsense: readonly unknown[] = [
  undefined,
  null,
  7,
  'x',
  [],
  {},
  { uri: 7 },
  { uri: 'file:///a', code: 1 },
];

describe('the arguments of commands', () => {
  it('every lens of the server brings one that is understood', () => {
    const text = '{ "connector": "2.1", "pipeline": { "phases": [{ "name": "one", "prompt": "x" }] } }';
    const params = { textDocument: { uri: 'file:///a/connector.json' } };
    const commands = codeLenses(snapshotOf(text), params, contextOf({})).flatMap(
      ({ command }) => command ?? [],
    );
    const read = commands.map(({ command, arguments: [argument] = [] }) => [
      command,
      readRunTarget(argument)?.phase,
    ]);
    assert.deepEqual(read, [
      ['niia.run', undefined],
      ['niia.plan', undefined],
      ['niia.runPhase', 'one'],
      ['niia.runFrom', 'one'],
    ]);
    assert.ok(commands.every(({ arguments: [argument] = [] }) => readRunTarget(argument) !== undefined));
  });

  it('nonsense is not understood', () => {
    for (const value of nonsense) {
      assert.equal(readReferencesTarget(value), undefined);
      assert.equal(readRuleSeverity(value), undefined);
      assert.equal(readRunItem(value), undefined);
    }
    assert.equal(readRunItem({ run: '', worker: 'a/1' }), undefined);
    assert.equal(readRunTarget({ phase: 'one' }), undefined);
  });

  it('locations that are none are left out', () => {
    const place = { line: 1, character: 2 };
    const location = { uri: 'file:///a', range: { start: place, end: place } };
    assert.deepEqual(
      readReferencesTarget({
        uri: 'file:///a',
        position: place,
        locations: [location, { uri: 'file:///b' }, 7],
      }),
      { uri: 'file:///a', position: place, locations: [location] },
    );
  });

  it('a row of the tree names its run, phase, worker and session, and no more', () => {
    const row = { run: 'r', phase: 'p', worker: 'p/1', session: 's', label: 'x', icon: { id: 'y' } };
    assert.deepEqual(readRunItem(row), { run: 'r', phase: 'p', worker: 'p/1', session: 's' });
    assert.deepEqual(readRunItem({ run: 'r', phase: 7 }), { run: 'r' });
  });

  it('paths that differ in case are the same file on Windows alone', () => {
    assert.equal(isSameFile('c:\\a.json', 'C:\\a.json', 'win32'), true);
    assert.equal(isSameFile('/a.json', '/A.json', 'linux'), false);
  });
});
