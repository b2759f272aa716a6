import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyze } from '../../../runtime/analysis/analyze.ts';
import {
  definitionsOf,
  fileReferenceAt,
  findOccurrenceAt,
  findOccurrences,
  occurrenceAt,
} from '../../../runtime/analysis/occurrences.ts';
import { connectorFiles, fixtures } from './golden.ts';

function indexOf(text: string) {
  return findOccurrences(analyze(text, { fileName: 'test.connector.json' }));
}

/** Every name as `kind:text`, `=` for definitions; unwritten ones in brackets. */
function render(text: string): string[] {
  return indexOf(text).all.map(({ entity, role, form, range }) => {
    const name = form === 'implicit' ? `[${entity.name}]` : text.slice(range.start, range.end);
    const scope = entity.phase === undefined ? '' : `@${entity.phase}`;
    return `${entity.kind}${scope}:${name}${role === 'definition' ? ' =' : ''}`;
  });
}

test('the name at an offset is the same without reading the whole file', () => {
  const folder = join(fixtures, 'published');
  let found = 0;
  for (const file of connectorFiles(folder)) {
    const analysis = analyze(readFileSync(join(folder, file), 'utf8'), { fileName: file });
    const index = findOccurrences(analysis);
    for (let offset = 0; offset <= analysis.document.text.length; offset++) {
      const occurrence = findOccurrenceAt(analysis, offset);
      assert.deepEqual(occurrence, occurrenceAt(index, offset), `at ${offset} of ${file}`);
      if (occurrence) found++;
    }
  }
  assert.ok(found > 500, `${found} offsets with a name`);
});

const pipeline = (phases: string) => `{"pipeline":{"phases":[${phases}]}}`;

test('aliases are found as keys, in routes and wherever a model is asked for', () => {
  const text =
    '{"models":{"a":"claude","b":["a",{"model":"a","fallback":"codex"}]},"pipeline":{"phases":[{"model":"b","workers":[{"model":"opus"},{"model":"nope"}]}]}}';
  assert.deepEqual(render(text), [
    'alias:a =',
    'model:claude',
    'alias:b =',
    'alias:a',
    'alias:a',
    'model:codex',
    'phase:[phase-1] =',
    'alias:b',
    'member@0:[1] =',
    'model:opus',
    'member@0:[2] =',
    'alias:nope',
  ]);
});

test('an alias that names itself means the literal model', () => {
  assert.deepEqual(render('{"models":{"claude":"claude"}}'), ['alias:claude =', 'model:claude']);
});

test('phases and members are found in needs and inside of placeholders', () => {
  const text = pipeline(
    '{"name":"look","workers":[{"name":"x.y"}]},{"name":"fix","needs":["look","gone"],"prompt":"see {answers.look} {answers.look.x.y}"}',
  );
  assert.deepEqual(render(text), [
    'phase:look =',
    'member@0:x.y =',
    'member@1:[1] =',
    'phase:fix =',
    'phase:look',
    'phase:look',
    'phase:look',
    'member@0:x.y',
  ]);
});

test('a phase whose name begins like another one is not taken for it', () => {
  const text = pipeline('{"name":"a"},{"name":"a.b"},{"name":"c","prompt":"{answers.a.b} {answers.a.b.1}"}');
  const uses = render(text).filter(line => !line.endsWith('='));
  assert.deepEqual(uses, ['phase:a.b', 'phase:a.b', 'member@1:1']);
});

test('ranges inside of texts are exact with JSON escapes before and in the name', () => {
  const text = pipeline(
    '{"name":"caf\\u00e9"},{"name":"b","prompt":"\\"quoted\\"\\n\\ud83d\\ude00 {answers.caf\\u00e9} {who}"}',
  );
  assert.deepEqual(
    render(text).filter(line => !line.includes('member')),
    ['phase:caf\\u00e9 =', 'phase:b =', 'phase:caf\\u00e9', 'variable:who'],
  );
});

test('placeholders in worktree slugs, arguments, environment and commands are found', () => {
  const text =
    '{"models":{"x":{"command":["run","{prompt}"],"env":{"A":"{v}"}}},"session":{"worktree":"{name}-{ticket}"},"pipeline":{"phases":[{"session":{"resume":"{phase}"},"steps":[{"binary":"b","args":["{worker}"]}]}]}}';
  assert.deepEqual(
    render(text).filter(line => /variable|built-in/.test(line)),
    [
      'built-in:prompt',
      'variable:v',
      'built-in:name',
      'variable:ticket',
      'built-in@0:phase',
      'built-in@0:worker',
    ],
  );
});

test('braces of a shell script are names only where the spec says so', () => {
  const text = pipeline('{"model":"shell","prompt":"echo ${HOME} {a,b} {x} {task}"}');
  assert.deepEqual(
    render(text).filter(line => /variable|built-in/.test(line)),
    ['built-in:task'],
  );
});

test('steps are found in maps and lists, and in a next that names one', () => {
  const text = pipeline(
    '{"steps":{"build":{"binary":"b","output":{"r":{"match":"exit:0","next":["test","look at it"]}}},"test":{"binary":"t"}}},{"steps":[{"name":"s","binary":"b"},{"binary":"c"}]}',
  );
  assert.deepEqual(
    render(text).filter(line => line.startsWith('step')),
    ['step@0:build =', 'step@0:test', 'step@0:test =', 'step@1:s =', 'step@1:[2] ='],
  );
});

test('moderators, machines and MCP servers are names', () => {
  const text =
    '{"type":"meeting","participants":[{"id":"a","machine":["gpu","far"]},{"id":"b"}],"moderator":"a","machines":{"gpu":{"ssh":"g"}},"tools":{"mcp":["docs"]}}';
  assert.deepEqual(
    render(text).filter(line => !line.startsWith('phase')),
    [
      'member@0:a =',
      'machine:gpu',
      'machine:far',
      'member@0:b =',
      'member@0:a',
      'machine:gpu =',
      'mcp-server:docs',
    ],
  );
});

test('paths of other files are found', () => {
  const text =
    '{"agent":{"flow":"f.md"},"pipeline":{"phases":[{"prompt_file":"p.md","output":"o.json","workers":[{"connector":"c.json"}]}]}}';
  assert.deepEqual(
    indexOf(text).files.map(({ kind, path }) => `${kind}:${path}`),
    ['flow:f.md', 'prompt:p.md', 'output-schema:o.json', 'connector:c.json'],
  );
});

test('a cursor on quotes and braces counts for the name inside', () => {
  const text = pipeline('{"name":"a"},{"prompt":"{answers.a} {v}"}');
  const at = (needle: string, add = 0) =>
    occurrenceAt(indexOf(text), text.indexOf(needle) + add)?.entity.name;
  assert.equal(at('"a"'), 'a');
  assert.equal(at('a}'), 'a');
  assert.equal(at('{v}'), 'v');
  assert.equal(at('{v}', 2), 'v');
  assert.equal(at('pipeline'), undefined);
});

test('of two places at a cursor the one around it wins', () => {
  const text = pipeline('{"prompt_file":"x.md"}');
  assert.equal(fileReferenceAt(indexOf(text), text.indexOf('x.md'))?.path, 'x.md');
  const both = pipeline('{"name":"a","needs":["a"],"workers":[{"name":"w"}]}');
  assert.equal(occurrenceAt(indexOf(both), both.indexOf('"w"') + 1)?.entity.kind, 'member');
});

test('names that are not closed yet end where the text does', () => {
  const text = '{"models":{"a":"claude"},"pipeline":{"phases":[{"model":"a';
  const use = indexOf(text).all.find(({ entity, role }) => entity.kind === 'alias' && role === 'use');
  assert.ok(use);
  assert.equal(text.slice(use.range.start, use.range.end), 'a');
});

test('a phase without a name is defined by its object', () => {
  const text = pipeline('{"prompt":"x"},{"needs":["phase-1"]}');
  const [definition] = definitionsOf(indexOf(text), { kind: 'phase', name: 'phase-1' });
  assert.equal(definition?.form, 'implicit');
  assert.equal(text.slice(definition?.range.start, definition?.range.end), '{');
});
