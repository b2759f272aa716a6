import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkspaceFacts } from '../../../server/facts.ts';
import { inlayHints } from '../../../server/features/inlay-hints.ts';
import { defaultSettings } from '../../../server/settings.ts';
import { contextOf, fileOf } from './navigation-rig.ts';

/** The text with hints in ‹›; those whose label fits `only`. */
function hinted(text: string, only = /./, facts: Partial<WorkspaceFacts> = {}): string {
  const file = fileOf(text);
  const range = file.positions.rangeOf({ start: 0, end: text.length });
  const hints = inlayHints(file, { textDocument: file, range }, contextOf([file], facts));
  const places = hints
    .filter(({ label }) => typeof label === 'string' && only.test(label))
    .map(({ position, label }) => ({ at: file.positions.offsetAt(position), label }));
  places.sort((a, b) => b.at - a.at);
  return places.reduce(
    (result, { at, label }) => `${result.slice(0, at)}‹${label}›${result.slice(at)}`,
    text,
  );
}

test('an alias shows what it leads to, and who takes over', () => {
  assert.equal(
    hinted(
      '{"models":{"a":"opus","fallback":"gemini"},"pipeline":{"phases":[{"model":"a","workers":[{"model":"codex"},{"model":"fallback"}]}]}}',
      /[=→]/,
    ),
    '{"models":{"a":"opus"‹→ gemini›,"fallback":"gemini"},"pipeline":{"phases":[{"model":"a"‹= claude (opus) → gemini›,"workers":[{"model":"codex"‹→ gemini›},{"model":"fallback"‹= gemini›}]}]}}',
  );
});

test('in a list or object of a route only the alias itself is explained', () => {
  assert.equal(
    hinted(
      '{"models":{"a":"opus","b":["a","codex"],"c":{"model":"a","fallback":"b"},"fallback":"gemini"}}',
      /[=→]/,
    ),
    '{"models":{"a":"opus"‹→ gemini›,"b":["a"‹= claude (opus)›,"codex"],"c":{"model":"a"‹= claude (opus)›,"fallback":"b"‹= claude (opus)›},"fallback":"gemini"}}',
  );
});

test('a name that means nothing leads nowhere, whatever would take over', () => {
  const text = '{"models":{"fallback":"gemini"},"pipeline":{"phases":[{"model":"smrt"}]}}';
  assert.equal(hinted(text, /[=→]/), text);
});

test('a phase shows the worktrees of its workers', () => {
  assert.equal(
    hinted(
      '{"name":"demo","pipeline":{"phases":[{"name":"look","workers":3},{"session":{"worktree":"fix {phase}"}},{"name":"here","session":{"worktree":false}}]}}',
      /worktree|place/,
    ),
    '{"name":"demo","pipeline":{"phases":[{"name":"look"‹3 worktrees: demo-look-1, demo-look-2 and 1 more›,"workers":3},{‹1 worktree: fix-phase-2›"session":{"worktree":"fix {phase}"}},{"name":"here"‹in place›,"session":{"worktree":false}}]}}',
  );
});

test('equal slugs are shown as they will be told apart', () => {
  assert.equal(
    hinted('{"type":"mesh","session":{"worktree":"all"},"agents":[{"id":"a"},{"id":"b"}]}', /worktree/),
    '{"type":"mesh"‹2 worktrees: all-a, all-b›,"session":{"worktree":"all"},"agents":[{"id":"a"},{"id":"b"}]}',
  );
});

test('without a repository workers work in place', () => {
  const text = '{"pipeline":{"phases":[{"name":"x"}]}}';
  assert.match(hinted(text, /place/, { repository: () => ({ kind: 'none' }) }), /"x"‹in place›/);
});

test('the list of phases shows how many sessions there are in all', () => {
  assert.equal(
    hinted('{"pipeline":{"phases":[{"workers":3},{},{"workers":[{},{}]}]}}', /session/),
    '{"pipeline":{"phases":[‹3 phases · 6 sessions›{"workers":3},{},{"workers":[{},{}]}]}}',
  );
  assert.equal(
    hinted('{"type":"dialogue","participants":[{},{}]}', /session/),
    '{"type":"dialogue","participants":[‹2 sessions›{},{}]}',
  );
});

test('long lists of worktrees are cut, also in the tooltip', () => {
  const file = fileOf('{"pipeline":{"phases":[{"name":"x","workers":1000}]}}');
  const range = file.positions.rangeOf({ start: 0, end: file.text.length });
  const hint = inlayHints(file, { textDocument: file, range }, contextOf([file])).find(
    ({ tooltip }) => tooltip,
  );
  assert.ok(typeof hint?.tooltip === 'string');
  assert.match(hint.tooltip, /^main-x-1\nmain-x-2\n(.*\n)*main-x-50\nand 950 more$/);
});

test('only the asked range is answered, and nothing if hints are off', () => {
  const file = fileOf('{"models":{"a":"opus"},\n"pipeline":{"phases":[\n{"model":"a"}]}}');
  const range = { start: { line: 2, character: 0 }, end: { line: 3, character: 0 } };
  const ask = (settings = defaultSettings) =>
    inlayHints(file, { textDocument: file, range }, contextOf([file], {}, { settings })).map(
      ({ label }) => label,
    );
  assert.deepEqual(ask(), ['= claude (opus)', '1 worktree: main-phase-1-1']);
  assert.deepEqual(ask({ ...defaultSettings, inlayHints: false }), []);
});
