import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type CodeAction, CodeActionKind, TextDocumentEdit } from 'vscode-languageserver';
import { analyze } from '../../../runtime/analysis/analyze.ts';
import { quickFixes } from '../../../server/features/code-actions.ts';
import { fixAll, fixAllKind } from '../../../server/features/fix-all.ts';
import type { Snapshot } from '../../../server/snapshot.ts';
import { applyEdits, type ContextParts, contextOf, snapshotOf, testUri } from '../../support/cursor.ts';

const file = (rest: string) =>
  `{ "connector": "2.0", "models": { "primary": "claude" }, "task": "t", ${rest} }`;
const phases = (text: string) => file(`"pipeline": { "phases": [${text}] }`);

/** The actions for a whole document. */
function actionsFor(snapshot: Snapshot, parts: ContextParts = {}, only?: string[]): readonly CodeAction[] {
  const range = snapshot.positions.rangeOf({ start: 0, end: snapshot.text.length });
  const params = {
    textDocument: { uri: testUri },
    range,
    context: { diagnostics: [], ...(only ? { only } : {}) },
  };
  return [...quickFixes(snapshot, params, contextOf(parts)), ...fixAll(snapshot, params, contextOf(parts))];
}

function apply(snapshot: Snapshot, action: CodeAction | undefined): string {
  const [change] = action?.edit?.documentChanges ?? [];
  if (!TextDocumentEdit.is(change)) throw new Error(`no edit in ${JSON.stringify(action)}`);
  return applyEdits(
    snapshot,
    change.edits.flatMap(edit => ('newText' in edit ? [edit] : [])),
  );
}

/** The text after the action with this title. */
function fix(text: string, title: string): string {
  const snapshot = snapshotOf(text);
  const actions = actionsFor(snapshot);
  const action = actions.find(candidate => candidate.title === title);
  if (!action) throw new Error(`no "${title}" among ${actions.map(found => found.title).join(' | ')}`);
  return apply(snapshot, action);
}

describe('quick fixes', () => {
  it('create the alias that is missing', () => {
    const text = phases('{ "model": "smart" }');
    const expected = text.replace('{ "primary"', '{ "smart": "primary", "primary"');
    assert.equal(fix(text, 'Create the alias "smart"'), expected);
  });

  it('create the map of aliases with it', () => {
    const text = '{ "connector": "2.0", "task": "t", "pipeline": { "phases": [{ "model": "smart" }] } }';
    assert.equal(
      fix(text, 'Create the alias "smart"'),
      text.replace('{ ', '{ "models": {"smart":"claude"}, '),
    );
  });

  it('make names unique', () => {
    const cases: readonly (readonly [text: string, title: string, before: string, after: string])[] = [
      [
        phases('{ "name": "a" }, { "name": "a" }'),
        'Call this one "a-2"',
        '{ "name": "a" }]',
        '{ "name": "a-2" }]',
      ],
      [
        phases('{ "workers": [{ "name": "x" }, { "name": "x" }] }'),
        'Call this one "x-2"',
        '{ "name": "x" }]',
        '{ "name": "x-2" }]',
      ],
      [
        phases('{ "steps": [{ "name": "s", "binary": "a" }, { "name": "s", "binary": "b" }] }'),
        'Call this one "s-2"',
        '"s", "binary": "b"',
        '"s-2", "binary": "b"',
      ],
    ];
    for (const [text, title, before, after] of cases)
      assert.equal(fix(text, title), text.replace(before, after));
  });

  it('tell shared worktrees apart', () => {
    const text = phases('{ "workers": 2, "session": { "worktree": "x" } }');
    assert.equal(fix(text, 'Write "x-{worker}"'), text.replace('"x"', '"x-{worker}"'));
  });

  it('remove all comments at once', () => {
    const text = '{ "connector": "2.0", /* a */ "models": { "primary": "claude" } /* b */ }';
    const expected = '{ "connector": "2.0",  "models": { "primary": "claude" }  }';
    assert.equal(fix(text, 'Fix all 2 problems of "comment"'), expected);
  });

  it('turn a rule about the machine off like any other', () => {
    const facts = { program: () => ({ kind: 'not-found' }) as const };
    const actions = actionsFor(snapshotOf(file('"models": { "primary": "codex" }')), { facts });
    const [off] = actions.filter(({ title }) => title === 'Turn the rule "not-installed" off');
    assert.deepEqual(off?.command?.arguments, [{ code: 'not-installed', severity: 'off' }]);
  });

  it('turn a rule off by a command with plain arguments, but no error', () => {
    const actions = actionsFor(snapshotOf('{ "models": { "primary": "clade" } }'));
    const commands = actions.flatMap(({ command }) => command ?? []);
    assert.deepEqual(
      commands.map(command => command.arguments),
      [[{ code: 'missing-version', severity: 'off' }]],
    );
  });

  it('say which diagnostic they mend', () => {
    const [action] = actionsFor(snapshotOf('{ "models": { "primary": "claude" } }'));
    assert.equal(action?.diagnostics?.[0]?.code, 'missing-version');
    assert.equal(action?.isPreferred, true);
  });

  it('are there for what the editor itself reports too', () => {
    const snapshot = snapshotOf('{ "connector": "2.0", "models": { "primary": "claude", } }');
    const titles = actionsFor(snapshot, { settings: { schemaFeatures: false } }).map(({ title }) => title);
    assert.ok(titles.includes('Remove the comma'), titles.join());
  });

  it('only answer for the kinds asked for', () => {
    const snapshot = snapshotOf('{ "models": { "primary": "claude" } }');
    assert.deepEqual(actionsFor(snapshot, {}, [CodeActionKind.Refactor]), []);
  });
});

describe('every quick fix of every rule', () => {
  const folder = new URL('../../fixtures/connector/rules/', import.meta.url);
  const fixtures = readdirSync(folder).filter(name => /\.jsonc?$/.test(name));

  it('has fixtures to be tried on', () => assert.ok(fixtures.length > 20, String(fixtures.length)));

  for (const name of fixtures) {
    it(`removes its diagnostic in ${name}`, () => {
      const snapshot = snapshotOf(readFileSync(new URL(name, folder), 'utf8'));
      for (const action of actionsFor(snapshot)) {
        if (!action.edit) continue;
        const wanted = action.diagnostics?.[0]?.code;
        const count = (text: string) =>
          analyze(text, { fileName: 'x.json' }).diagnostics.filter(({ code }) => code === wanted).length;
        const after = apply(snapshot, action);
        assert.ok(count(after) < count(snapshot.text), `${action.title} of ${wanted}:\n${after}`);
      }
    });
  }
});

describe('fix all', () => {
  it('mends what cannot be meant otherwise, and drops nothing that was written', () => {
    const text = '{ "models": { "primary": "claude", }, // why\n "limits": { "max_depth": "3" } }';
    const snapshot = snapshotOf(text);
    const [action] = actionsFor(snapshot, {}, [fixAllKind]);
    assert.equal(
      apply(snapshot, action),
      '{ "connector": "2.0", "models": { "primary": "claude" }, // why\n "limits": { "max_depth": 3 } }',
    );
  });

  it('is found by the general kind, and not among quick fixes', () => {
    const snapshot = snapshotOf('{ "models": { "primary": "claude" } }');
    const kinds = (only?: string[]) => actionsFor(snapshot, {}, only).map(({ kind }) => kind);
    assert.deepEqual(kinds([CodeActionKind.SourceFixAll]), [fixAllKind]);
    assert.ok(!kinds().includes(fixAllKind));
  });

  it('offers nothing where nothing is to be mended', () => {
    const snapshot = snapshotOf('{ "connector": "2.0", "models": { "primary": "claude" } }');
    assert.deepEqual(actionsFor(snapshot, {}, [fixAllKind]), []);
  });
});
