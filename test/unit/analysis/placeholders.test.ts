import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  expandTemplate,
  type Placeholder,
  type PlaceholderNames,
  parseTemplate,
  placeholderNames,
  placeholdersOf,
  splitAnswers,
} from '../../../runtime/analysis/placeholders.ts';

const values: Readonly<Record<string, string>> = {
  task: 'Ship it',
  worker: 'ann',
  'answers:plan.ann': 'Yes',
};

function expand(text: string, isShell = false): string {
  return expandTemplate(parseTemplate(text, { isShell }), placeholder =>
    placeholder.kind === 'name' ? values[placeholder.name] : values[`answers:${placeholder.reference}`],
  );
}

test('known placeholders are replaced, unknown ones stay as they are', () => {
  assert.equal(expand('{task} by {worker}: {answers.plan.ann} {customer}'), 'Ship it by ann: Yes {customer}');
});

test('a double brace is a literal brace', () => {
  assert.equal(expand('{{task} and {{{task}'), '{task} and {Ship it');
});

test('JSON and code in a prompt are text', () => {
  for (const text of ['{ "a": {} }', 'if (x) { task }', '{}', '{1}', '{a b}', '{a,b}', '{answers.}']) {
    assert.equal(expand(text), text);
  }
});

test('a script keeps the variables of its shell', () => {
  assert.equal(expand('echo ${task} ${HOME:-x} {task} {x}', true), 'echo ${task} ${HOME:-x} Ship it {x}');
});

test('a variable of the environment is no placeholder, in a script or not', () => {
  assert.equal(expand('${env:TOKEN}'), '${env:TOKEN}');
  assert.equal(expand('${env:TOKEN}', true), '${env:TOKEN}');
});

test('the ranges of the parts cover the text without gaps', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '{{',
    '$',
    '{task}',
    '${task}',
    '{answers.a.b}',
    'ä',
    '\n',
    '😀',
    '.',
  );
  fc.assert(
    fc.property(fc.array(piece), fc.boolean(), (pieces, isShell) => {
      const text = pieces.join('');
      const parts = parseTemplate(text, { isShell });
      let end = 0;
      for (const { range } of parts) {
        assert.equal(range.start, end);
        end = range.end;
      }
      assert.equal(end, text.length);
      for (const { source, range } of placeholdersOf(parts)) {
        assert.equal(source, text.slice(range.start, range.end));
      }
      assert.deepEqual(placeholderNames(text, { isShell }), namesOf(placeholdersOf(parts)));
    }),
    { seed: 3, numRuns: 1000 },
  );
});

/** The names of placeholders in their order, each once. */
function namesOf(placeholders: readonly Placeholder[]): PlaceholderNames {
  const names = placeholders.flatMap(part => (part.kind === 'name' ? [part.name] : []));
  const references = placeholders.flatMap(part => (part.kind === 'answers' ? [part.reference] : []));
  return { names: [...new Set(names)], references: [...new Set(references)] };
}

test('an answers reference names the longest phase that fits', () => {
  const phases = new Set(['v1', 'v1.2', 'plan']);
  assert.deepEqual(splitAnswers('v1.2', phases), { phase: 'v1.2' });
  assert.deepEqual(splitAnswers('v1.2.ann', phases), { phase: 'v1.2', worker: 'ann' });
  assert.deepEqual(splitAnswers('v1.ann', phases), { phase: 'v1', worker: 'ann' });
  assert.equal(splitAnswers('plans', phases), undefined);
  assert.deepEqual(splitAnswers('plan.', phases), { phase: 'plan', worker: '' });
  assert.equal(splitAnswers('..', phases), undefined);
});
