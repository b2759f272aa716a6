import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { orderKeys } from '../../../runtime/analysis/key-order.ts';
import {
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from '../../../server/features/call-hierarchy.ts';
import { codeLenses, resolveCodeLens } from '../../../server/features/code-lens.ts';
import { definition } from '../../../server/features/definition.ts';
import { documentLinks } from '../../../server/features/document-links.ts';
import { foldingRanges } from '../../../server/features/folding.ts';
import { formatting } from '../../../server/features/formatting.ts';
import { highlights } from '../../../server/features/highlights.ts';
import { inlayHints } from '../../../server/features/inlay-hints.ts';
import { linkedEditing } from '../../../server/features/linked-editing.ts';
import { refactoringsAt } from '../../../server/features/refactorings.ts';
import { references } from '../../../server/features/references.ts';
import { rename } from '../../../server/features/rename.ts';
import { selectionRanges } from '../../../server/features/selection-ranges.ts';
import { semanticTokens } from '../../../server/features/semantic-tokens.ts';
import { symbols } from '../../../server/features/symbols.ts';
import { workspaceSymbols } from '../../../server/features/workspace-symbols.ts';
import { nameIndexOf } from '../../../server/name-index.ts';
import type { Snapshot } from '../../../server/snapshot.ts';
import { projectRoot } from '../analysis/golden.ts';
import { contextOf, fileOf } from './navigation-rig.ts';

/** Calls everything; whoever throws fails the test. Answers how many answers there were, so that nothing is skipped. */
function callAll(file: Snapshot, offset: number): number {
  const context = contextOf([file]);
  const position = file.positions.positionAt(offset);
  const at = { textDocument: { uri: file.uri }, position };
  const range = file.positions.rangeOf({ start: 0, end: file.text.length });
  const items = prepareCallHierarchy(file, at, context) ?? [];
  const answers: readonly unknown[] = [
    definition(file, at, context),
    references(file, { ...at, context: { includeDeclaration: true } }, context),
    highlights(file, at, context),
    linkedEditing(file, at, context),
    rename(file, { ...at, newName: 'other "name' }, context),
    symbols(file, at, context),
    workspaceSymbols({ query: 'e' }, context),
    codeLenses(file, at, context).map(lens => resolveCodeLens(lens, context)),
    inlayHints(file, { ...at, range }, context),
    semanticTokens(file, at, context),
    semanticTokens(file, { ...at, range: { start: position, end: position } }, context),
    items.map(item => [outgoingCalls({ item }, context), incomingCalls({ item }, context)]),
    documentLinks(file, at, context),
    foldingRanges(file, at, context),
    selectionRanges(file, { ...at, positions: [position] }, context),
    formatting(file, { ...at, options: { tabSize: 2, insertSpaces: true } }, context),
    refactoringsAt(file, offset),
    orderKeys(file.analysis.document),
  ];
  return answers.length;
}

/** Names stand inside of the text and of what they belong to. */
function assertSound(file: Snapshot): void {
  for (const { range, form, node } of nameIndexOf(file).all) {
    const around = form === 'key' ? node.keyRange : node.range;
    assert.ok(around && around.start <= range.start && range.start <= range.end && range.end <= around.end);
  }
}

const example = readFileSync(join(projectRoot, 'examples/review.connector.json'), 'utf8');
const steps = readFileSync(join(projectRoot, 'examples/steps.connector.json'), 'utf8');

for (const [name, text] of [
  ['review', example],
  ['steps', steps],
] as const) {
  test(`every feature answers at the end of every half-typed ${name} example`, () => {
    for (let end = 0; end <= text.length; end += 5) {
      const file = fileOf(text.slice(0, end));
      callAll(file, end);
      assertSound(file);
    }
  });

  test(`every feature answers with a piece missing anywhere in the ${name} example`, () => {
    for (let start = 0; start < text.length; start += 11) {
      const file = fileOf(text.slice(0, start) + text.slice(start + 7));
      callAll(file, start);
      assertSound(file);
    }
  });
}

const strange: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'only a byte order mark': '\uFEFF',
  'a list': '[1, {"models": {"a": "b"}}]',
  'git conflict markers': `{\n<<<<<<< HEAD\n"models": {"a": "claude"},\n=======\n"models": {"a": "codex"},\n>>>>>>> x\n"pipeline": {"phases": [{"model": "a"}]}}`,
  'nulls and wrong types':
    '{"models":null,"pipeline":{"phases":[null,[],{"workers":[null,7],"steps":[[]],"needs":{},"session":[]}]},"tools":{"mcp":7},"machines":[]}',
  'names of the language':
    '{"models":{"__proto__":"claude","constructor":"__proto__"},"pipeline":{"phases":[{"name":"toString","model":"constructor"},{"needs":["toString"],"prompt":"{answers.toString.hasOwnProperty}"}]}}',
  'lone surrogates':
    '{"models":{"\\ud800":"claude"},"pipeline":{"phases":[{"model":"\\ud800","prompt":"{answers.\\udc00} \ud83d"}]}}',
  'nesting of ten thousand': `{"pipeline":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  'five megabytes': `{"task":"${'x'.repeat(5_000_000)}"}`,
  'a prompt full of placeholders': `{"pipeline":{"phases":[{"name":"a"},{"prompt":"\\n${'{answers.a} {task} '.repeat(20_000)}"}]}}`,
};

for (const [what, text] of Object.entries(strange)) {
  test(`every feature answers for ${what}`, () => {
    const file = fileOf(text);
    for (const offset of [0, Math.floor(text.length / 2), text.length])
      assert.equal(callAll(file, offset), 18);
    assertSound(file);
  });
}
