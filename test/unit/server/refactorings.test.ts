import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { applyFix } from '../../../runtime/analysis/diagnostic.ts';
import { refactorings, refactoringsAt } from '../../../server/features/refactorings.ts';
import { fixtures, projectRoot } from '../analysis/golden.ts';
import { contextOf, fileOf, fixture } from './navigation-rig.ts';
import { diagnosticsOf, meaningOf } from './same-meaning.ts';

/** Titles of what is offered at the `|`. */
function titlesAt(marked: string): readonly string[] {
  const { snapshot, params } = fixture(marked);
  return refactoringsAt(snapshot, snapshot.positions.offsetAt(params.position)).map(({ title }) => title);
}

/** The text after the refactoring whose title begins so; it must mean the same and bring no new diagnostics. */
function after(marked: string, title: string): string {
  const { snapshot, params } = fixture(marked);
  const offered = refactoringsAt(snapshot, snapshot.positions.offsetAt(params.position));
  const chosen = offered.find(refactoring => refactoring.title.startsWith(title));
  assert.ok(
    chosen,
    `"${title}" is not offered, only: ${offered.map(refactoring => refactoring.title).join('; ')}`,
  );
  const result = applyFix(snapshot.text, chosen);
  assertNoNewDiagnostics(snapshot.text, result, title);
  return result;
}

/** What moves down to several places may be reported at each of them. */
function assertNoNewDiagnostics(before: string, result: string, title: string): void {
  const known = diagnosticsOf(before);
  const most = title.includes(' down to ') ? (count = 0) => count * result.length : (count = 0) => count;
  for (const [code, count] of diagnosticsOf(result)) {
    assert.ok(count <= most(known.get(code)), `${code} is new in\n${result}\nmade of\n${before}`);
  }
}

const head = '"connector": "2.0", "task": "t", ';
const phases = (text: string) => `{ ${head}"pipeline": { "phases": [${text}] } }`;

test('a number of workers becomes a list of as many with the same names', () => {
  const text = phases(
    '\n    {\n      "name": "look",\n      "model": "claude",\n      "workers": |2\n    }\n  ',
  );
  const result = after(text, 'Write the workers as a list');
  assert.equal(
    result,
    phases(
      '\n    {\n      "name": "look",\n      "model": "claude",\n      "workers": [\n          { "name": "1" },\n          { "name": "2" }\n      ]\n    }\n  ',
    ),
  );
  assert.deepEqual(meaningOf(result), meaningOf(text.replace('|', '')));
});

test('a list of equal workers becomes a number, with what they had on the phase', () => {
  const text = phases(
    '{ "name": "look", "work|ers": [{ "model": "claude", "prompt": "p" }, { "prompt": "p", "model": "claude" }] }',
  );
  const result = after(text, 'Write the workers as a number');
  assert.equal(result, phases('{ "name": "look", "workers": 2, "model": "claude", "prompt": "p" }'));
  assert.deepEqual(meaningOf(result), meaningOf(text.replace('|', '')));
});

test('workers that differ, have names or would get another prompt stay a list', () => {
  const lists = [
    '"workers": |[{ "prompt": "a" }, { "prompt": "b" }]',
    '"workers": |[{ "name": "x" }]',
    '"prompt_file": "f.md", "workers": |[{ "prompt": "a" }]',
    '"workers": |[{ "description": "why" }]',
  ];
  for (const list of lists) assert.deepEqual(titlesAt(phases(`{ "model": "claude", ${list} }`)), [], list);
});

test('a model that several workers name becomes an alias', () => {
  const text = phases(
    '{ "workers": [{ "model": "|ollama/llama3" }, { "model": "ollama/llama3" }, { "model": "codex" }] }',
  );
  assert.equal(
    after(text, 'Extract "ollama/llama3" (2 places) to the alias "llama3"'),
    `{ "connector": "2.0", "task": "t", "models": { "llama3": "ollama/llama3" }, "pipeline": { "phases": [{ "workers": [{ "model": "llama3" }, { "model": "llama3" }, { "model": "codex" }] }] } }`,
  );
});

test('an extracted alias gets a name that means nothing yet', () => {
  const models = '"models": { "primary": "gemini", "opus-model": "haiku" }, ';
  const text = `{ ${head}${models}"pipeline": { "phases": [{ "model": "o|pus", "workers": [{}, { "model": "opus" }, { "model": "opus-model" }] }] } }`;
  assert.ok(after(text, 'Extract').includes('"opus-model-2": "opus"'));
});

test('no alias is extracted beside an only one that is the default', () => {
  const text = `{ ${head}"models": { "main": "gemini" }, "pipeline": { "phases": [{ "workers": [{}, { "model": "|opus" }, { "model": "opus" }] }] } }`;
  assert.deepEqual(titlesAt(text), []);
});

test('an alias of one model is inlined at its definition and at its uses', () => {
  const pipeline = '"pipeline": { "phases": [{ "workers": [{ "model": "a" }, { "model": "b" }] }] } }';
  const text = `{ ${head}"models": { "primary": "gemini", "a": "claude/opus", "b": ["|a", "codex"] }, ${pipeline}`;
  assert.equal(
    after(text, 'Inline the alias "a" (2 places)'),
    `{ ${head}"models": { "primary": "gemini", "b": ["claude/opus", "codex"] }, ${pipeline.replace('"a"', '"claude/opus"')}`,
  );
});

test('with the last alias inlined no empty map is left', () => {
  const text = `{ ${head}"models": { "|a": "codex" }, "pipeline": { "phases": [{ "model": "a" }] } }`;
  assert.equal(after(text, 'Inline'), `{ ${head}"pipeline": { "phases": [{ "model": "codex" }] } }`);
});

test('aliases with a chain, or that somebody gets by default, are not inlined', () => {
  const one = (models: string, phase: string) =>
    `{ ${head}"models": ${models}, "pipeline": { "phases": [${phase}] } }`;
  assert.deepEqual(titlesAt(one('{ "|a": ["codex", "claude"] }', '{ "model": "a" }')), []);
  assert.deepEqual(titlesAt(one('{ "|a": "codex" }', '{ "model": "a", "workers": 2 }, { }')), []);
  assert.deepEqual(titlesAt(one('{ "|primary": "codex" }', '{ "model": "primary" }')), []);
});

test('a session field that all workers share moves up to the phase', () => {
  const text = phases(
    '{ "model": "claude", "workers": [{ "session": { "timeout_ms": |5 } }, { "session": { "timeout_ms": 5, "permission": "ask" } }] }',
  );
  const result = after(text, 'Move "timeout_ms" up to the phase');
  assert.equal(
    result,
    phases(
      '{ "model": "claude", "workers": [{ }, { "session": { "permission": "ask" } }], "session": { "timeout_ms": 5 } }',
    ),
  );
  assert.deepEqual(meaningOf(result), meaningOf(text.replace('|', '')));
});

test('a session field of the only phase moves up to the top level, into the session that is there', () => {
  const text = `{ ${head}"session": { "permission": "ask" }, "pipeline": { "phases": [{ "model": "claude", "session": { "env": { "A": "|1" } } }] } }`;
  const result = after(text, 'Move "env" up to the top level');
  assert.equal(
    result,
    `{ ${head}"session": { "env": { "A": "1" }, "permission": "ask" }, "pipeline": { "phases": [{ "model": "claude" }] } }`,
  );
  assert.deepEqual(meaningOf(result), meaningOf(text.replace('|', '')));
});

test('a session field moves down past those that have their own', () => {
  const text = `{ ${head}"session": { "|timeout_ms": 5 }, "pipeline": { "phases": [{ "model": "claude" }, { "model": "codex", "session": { "timeout_ms": 7 } }] } }`;
  assert.equal(
    after(text, 'Move "timeout_ms" down to the phases'),
    `{ ${head}"pipeline": { "phases": [{ "model": "claude", "session": { "timeout_ms": 5 } }, { "model": "codex", "session": { "timeout_ms": 7 } }] } }`,
  );
});

test('a session field that others lack or have differently does not move up', () => {
  const text = phases(
    '{ "model": "claude", "workers": [{ "session": { "timeout_ms": |5 } }, { "session": { "timeout_ms": 6 } }, {}] }',
  );
  assert.deepEqual(titlesAt(text), []);
});

test('a phase is split in two that run side by side, and later phases wait for both', () => {
  const text = phases(
    '{ "name": "plan", "model": "claude" }, { "name": "do", "model": "claude", "workers": [{ "name": "a" }, { "name": "b|" }] }, { "name": "check", "model": "codex", "needs": ["do"], "prompt": "{answers.do.a} {answers.do.b}" }',
  );
  assert.equal(
    after(text, 'Split the phase: "b" and what follows become "do-2"'),
    phases(
      '{ "name": "plan", "model": "claude" }, { "name": "do", "model": "claude", "workers": [{ "name": "a" }] }, {\n  "name": "do-2",\n  "model": "claude",\n  "workers": [{ "name": "b" }],\n  "needs": ["plan"]\n}, { "name": "check", "model": "codex", "needs": ["do", "do-2"], "prompt": "{answers.do.a} {answers.do-2.b}" }',
    ),
  );
});

test('a phase is not split where its workers belong together', () => {
  const workers = '"workers": [{ "name": "a" }, { "name": "|b" }]';
  for (const key of ['"gate": "approve"', '"max_parallel": 1', '"merge": "pick"', '"parallel": false']) {
    assert.deepEqual(titlesAt(phases(`{ "name": "do", "model": "claude", ${key}, ${workers} }`)), [], key);
  }
  const asked = `{ "name": "do", "model": "claude", ${workers} }, { "name": "x", "model": "claude", "prompt": "{answers.do}" }`;
  assert.deepEqual(titlesAt(phases(asked)), []);
});

const people = '"participants": [{ "id": "a", "model": "claude" }, { "id": "b", "model": "codex" }]';

test('a dialogue of the whole file becomes the one phase of a pipeline, and back', () => {
  const text = `{\n  "connector": "2.0",\n  "type": "|dialogue",\n  "task": "t",\n  ${people},\n  "rounds": 4\n}`;
  const result = after(text, 'Move the dialogue into a phase');
  assert.deepEqual(meaningOf(result), meaningOf(text.replace('|', '')));
  assert.match(result, /"pipeline": \{\n {4}"phases": \[\n {6}\{\n {8}"type": "dialogue",\n/);
  const back = after(result.replace('"type": "dial', '"type": "|dial'), 'Move the dialogue to the top level');
  assert.deepEqual(meaningOf(back), meaningOf(text.replace('|', '')));
  assert.deepEqual(JSON.parse(back), JSON.parse(text.replace('|', '')));
});

test('a dialogue stays a phase as long as it has what the top level cannot hold', () => {
  assert.deepEqual(titlesAt(phases(`{ "type": "|dialogue", "retries": 1, ${people} }`)), []);
  assert.deepEqual(titlesAt(phases(`{ "type": "|dialogue", ${people} }, { "model": "claude" }`)), []);
});

test('nothing is offered in a file with errors', () => {
  assert.deepEqual(titlesAt(phases('{ "model": "nobody", "workers": |2 }')), []);
});

test('only the kinds are answered that a client asks for', () => {
  const { snapshot, params } = fixture(phases('{ "model": "claude", "workers": |2 }'));
  const range = { start: params.position, end: params.position };
  const ask = (only: string[]) =>
    refactorings(snapshot, { ...params, range, context: { diagnostics: [], only } }, contextOf([snapshot]))
      .length;
  assert.equal(ask(['refactor']), 1);
  assert.equal(ask(['refactor.rewrite']), 1);
  assert.equal(ask(['refactor.extract']), 0);
  assert.equal(ask(['source']), 0);
});

/** What a refactoring may change besides places: a split names new phases, a top-level topology has no name. */
const renaming = /^(Split the phase|Move the .* to the top level)/;

for (const folder of [join(projectRoot, 'examples'), join(fixtures, 'published'), join(fixtures, 'rules')]) {
  for (const name of readdirSync(folder).filter(
    file => file.endsWith('.json') && !file.endsWith('.workflow.json'),
  )) {
    test(`every refactoring anywhere in ${name} keeps the meaning and brings no diagnostics`, () => {
      const text = readFileSync(join(folder, name), 'utf8');
      const snapshot = fileOf(text);
      const done = new Set<string>();
      for (let offset = 0; offset <= text.length; offset += 1) {
        for (const refactoring of refactoringsAt(snapshot, offset)) {
          const result = applyFix(text, refactoring);
          if (done.has(result)) continue;
          done.add(result);
          assertNoNewDiagnostics(text, result, refactoring.title);
          if (renaming.test(refactoring.title)) assert.doesNotThrow(() => meaningOf(result));
          else assert.deepEqual(meaningOf(result), meaningOf(text), refactoring.title);
        }
      }
    });
  }
}
