import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../../../runtime/analysis/analyze.ts';
import { renderDiagnostics, summarize } from '../../../runtime/analysis/render.ts';

function render(text: string, options: Parameters<typeof renderDiagnostics>[2] = {}): string {
  const { document, diagnostics } = analyze(text, { fileName: 'x.json' });
  return renderDiagnostics(document, diagnostics, options);
}

test('a squiggle stands under its text after tabs, wide letters and emoji', () => {
  const text =
    '{ "connector": "2.0", "models": { "primary": "claude" },\n\t"description": "日本 🎉 é", "nmae": 1 }';
  assert.match(render(text), / 2 \| {3}"description": "日本 🎉 é", "nmae": 1 }\n {3}\| {31}~{6}\n/);
});

test('a long line is cut around the place', () => {
  const text = `{ "connector": "2.0", "models": { "primary": "claude" }, "description": "${'x'.repeat(5000)}", "nmae": 1, "task": "${'y'.repeat(5000)}" }`;
  const [, source = '', squiggle = ''] = render(text).split('\n');
  assert.ok(source.length < 140, `${source.length} columns`);
  assert.equal(source.slice(squiggle.indexOf('~'), squiggle.lastIndexOf('~') + 1), '"nmae"');
});

test('nothing in a file reaches the terminal as a control', () => {
  const text =
    '{ "connector": "2.0", "a\\u001b[31m\\u202eb": 1, "models": { "primary": "\u001b]0;x\u0007" } }';
  assert.doesNotMatch(render(text), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

test('a style is put on every piece', () => {
  const text = render('{}', { style: (piece, style) => `<${style}>${piece}</>` });
  assert.match(
    text,
    /^<place>x\.json:1:1:<\/> <warning>warning\[missing-version\]:<\/> "connector" is missing/,
  );
  assert.match(text, /<gutter> 1 \|<\/> \{\}\n<gutter> {3}\|<\/> <error>~<\/>|<warning>~<\/>/);
  assert.match(text, /<help> {2}help: Add "connector": "2\.0"<\/>/);
});

test('the summary counts errors, warnings and notes', () => {
  const one = { code: 'x', message: '', range: { start: 0, end: 0 }, path: [] };
  assert.equal(summarize([]), 'ok');
  assert.equal(summarize([{ ...one, severity: 'hint' }]), 'ok');
  assert.equal(
    summarize([
      { ...one, severity: 'error' },
      { ...one, severity: 'error' },
      { ...one, severity: 'warning' },
      { ...one, severity: 'info' },
    ]),
    '2 errors, 1 warning, 1 note',
  );
});
