import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { MarkedString, MarkupContent } from 'vscode-languageserver';
import type { JsonNode } from '../../../runtime/analysis/json-node.ts';
import type { WorkspaceFacts } from '../../../server/facts.ts';
import { foldingRanges } from '../../../server/features/folding.ts';
import { fullCompletion, fullDiagnostics, fullHover } from '../../../server/features/schema.ts';
import { symbols } from '../../../server/features/symbols.ts';
import type { Snapshot } from '../../../server/snapshot.ts';
import { contextOf, snapshotOf } from '../../support/cursor.ts';
import { EditorJson } from '../../support/editor-json.ts';
import { connectorFiles, fixtures, projectRoot } from '../analysis/golden.ts';

// VS Code shows what its own JSON support and our server say side by side. Each test goes through every place of real
// files with both, and counts how often both speak: nothing may show twice, and the count must not be nothing.

const facts: Partial<WorkspaceFacts> = {
  sshHosts: () => ['build-server'],
  user: () => ({ agents: {}, machines: ['gpu'] }),
  userMcpServers: () => [{ name: 'github', file: '.claude.json' }],
  mcpServers: () => [],
  directory: () => [
    { name: 'sub.connector.json', isDirectory: false },
    { name: 'AGENT_FLOW.md', isDirectory: false },
    { name: 'schemas', isDirectory: true },
  ],
};
const context = contextOf({ facts, settings: { schemaFeatures: false } });
const json = new EditorJson();

const inProject = pathToFileURL(join(projectRoot, 'named.connector.json')).href;

const published = join(fixtures, 'published');
const broken = join(fixtures, 'rules');
const examples = join(projectRoot, 'examples');

/** Without `$schema`: a file that names a schema has chosen another one than we contribute. */
function filesOf(folder: string): readonly Snapshot[] {
  const texts = connectorFiles(folder).map(name => readFileSync(join(folder, name), 'utf8'));
  return texts.map(text => snapshotOf(text.replace(/"\$schema":\s*"[^"]*",\s*/, '')));
}

/** The same files as their authors write them who point at our schema that judges. */
function naming(schema: string, files: readonly Snapshot[]): readonly Snapshot[] {
  return files
    .filter(({ analysis }) => analysis.document.root?.kind === 'object')
    .map(({ text }) => snapshotOf(text.replace('{', `{ "$schema": "${schema}",`), {}, inProject));
}

const valid = [...filesOf(published), ...filesOf(examples)];
const faulty = filesOf(broken);

/** Nodes in file order. */
function nodesOf(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return [];
  const inside = node.kind === 'object' || node.kind === 'array' ? node.entries.flatMap(nodesOf) : [];
  return [node, ...inside];
}

/** Inside of keys, inside of values, behind opening braces, brackets and commas. */
function placesIn({ analysis, text }: Snapshot): readonly number[] {
  const inNodes = nodesOf(analysis.document.root).flatMap(({ keyRange, range }) => [
    ...(keyRange ? [keyRange.start + 1, keyRange.end - 1] : []),
    range.start,
    range.start + 1,
    range.end - 1,
  ]);
  const afterCommas = [...text.matchAll(/,/g)].map(({ index }) => index + 1);
  return [...new Set([...inNodes, ...afterCommas])];
}

/** Files with every value in turn taken away: where people are in the middle of writing it. */
function halfWritten({ analysis, text }: Snapshot): readonly (readonly [Snapshot, number])[] {
  return nodesOf(analysis.document.root)
    .slice(1)
    .map(({ range: { start, end } }) => [snapshotOf(text.slice(0, start) + text.slice(end)), start]);
}

async function labelsAt(snapshot: Snapshot, offset: number, tree = json.read(snapshot)) {
  const params = {
    textDocument: { uri: snapshot.uri },
    position: snapshot.document.positionAt(offset),
  };
  const ours = (await fullCompletion(snapshot, params, context)).items.map(({ label }) => label);
  const theirs = await json.completions(snapshot, offset, tree);
  // The editor's JSON support quotes the labels of texts.
  return { ours, theirs: theirs.map(({ label }) => label.replace(/^"(.*)"$/, '$1')) };
}

function assertDistinct(values: readonly string[], { text }: Snapshot, offset: number): void {
  const twice = values.filter((value, index) => values.indexOf(value) !== index);
  const around = `${text.slice(Math.max(0, offset - 60), offset)}|${text.slice(offset, offset + 40)}`;
  assert.deepEqual(twice, [], `twice at ${around}`);
}

function partsOf(contents: MarkupContent | MarkedString | readonly MarkedString[]): readonly string[] {
  const list = Array.isArray(contents) ? contents : [contents];
  const texts = list.map(part => (typeof part === 'string' ? part : part.value));
  return texts
    .flatMap(text => text.split(/\n+/))
    .map(text => text.trim())
    .filter(text => text !== '' && !text.startsWith('```'));
}

describe('beside the JSON support of the editor', () => {
  it('no completion has the label of another, at any place of whole files', async () => {
    const count = { ours: 0, theirs: 0 };
    for (const snapshot of valid) {
      const tree = json.read(snapshot);
      for (const offset of placesIn(snapshot)) {
        const { ours, theirs } = await labelsAt(snapshot, offset, tree);
        assertDistinct([...ours, ...theirs], snapshot, offset);
        if (ours.length > 0) count.ours++;
        if (theirs.length > 0) count.theirs++;
      }
    }
    assert.ok(count.ours > 100 && count.theirs > 100, `answered ${JSON.stringify(count)}`);
  });

  it('no completion has the label of another where a value is still missing', async () => {
    const count = { ours: 0, theirs: 0 };
    for (const snapshot of valid) {
      for (const [half, offset] of halfWritten(snapshot)) {
        const { ours, theirs } = await labelsAt(half, offset);
        assertDistinct([...ours, ...theirs], half, offset);
        if (ours.length > 0) count.ours++;
        if (theirs.length > 0) count.theirs++;
      }
    }
    assert.ok(count.ours > 100 && count.theirs > 100, `answered ${JSON.stringify(count)}`);
  });

  it('no completion and no diagnostic is double in files whose $schema is ours that judges', async () => {
    const count = { completions: 0, theirFaults: 0, ours: 0 };
    const schema = 'schemas/connector.schema.json';
    for (const snapshot of naming(schema, filesOf(examples))) {
      const tree = json.read(snapshot);
      for (const offset of placesIn(snapshot)) {
        const { ours, theirs } = await labelsAt(snapshot, offset, tree);
        assertDistinct([...ours, ...theirs], snapshot, offset);
        if (ours.length > 0 && theirs.length > 0) count.completions++;
      }
    }
    for (const snapshot of naming(schema, [...valid, ...faulty])) {
      const ours = await fullDiagnostics(snapshot, {}, context);
      for (const { range, message } of await json.diagnostics(snapshot, json.read(snapshot))) {
        const same = ours.filter(other => isSameStart(other.range, range));
        assert.deepEqual(same, [], `${message} in ${snapshot.text}`);
        count.theirFaults++;
      }
      count.ours += ours.length;
    }
    assert.ok(count.completions > 20 && count.theirFaults > 20 && count.ours > 40, JSON.stringify(count));
  });

  it('names, permissions and matches come from the server alone', async () => {
    const places = [
      '{ "models": { "a": | } }',
      '{ "models": { "a": "|" } }',
      '{ "pipeline": { "phases": [{ "model": "|" }] } }',
      '{ "pipeline": { "phases": [{ "workers": [{ "model": "|" }] }] } }',
      '{ "models": { "a": { "model": |, "fallback": "" } } }',
      '{ "models": { "a": { "model": "claude", "fallback": | } } }',
      '{ "session": { "permission": | } }',
      '{ "pipeline": { "phases": [{ "model": | }] } }',
      '{ "pipeline": { "phases": [{ "machine": | }] } }',
      '{ "pipeline": { "phases": [{ "name": "a" }, { "needs": [|] }] } }',
      '{ "pipeline": { "phases": [{ "steps": [{ "name": "s", "binary": "b", "output": { "r": { "match": | } } }] }] } }',
      '{ "pipeline": { "phases": [{ "connector": | }] } }',
      '{ "agent": { "flow": | } }',
    ];
    for (const marked of places) {
      const offset = marked.indexOf('|');
      const snapshot = snapshotOf(marked.replace('|', ''));
      const { ours, theirs } = await labelsAt(snapshot, offset);
      assert.ok(ours.length > 0, `nothing of ours at ${marked}`);
      // Snippets for whole routes are no names.
      const values = theirs.filter(label => !/[ {}[\]]/.test(label));
      assert.deepEqual(values, [], marked);
    }
  });

  it('behind a key whose value the server completes, the editor asks for suggestions', async () => {
    const snapshot = snapshotOf('{ "pipeline": { "phases": [{  }] } }');
    const offset = snapshot.text.indexOf('{  }') + 2;
    const items = await json.completions(snapshot, offset, json.read(snapshot));
    const model = items.find(({ label }) => label === 'model');
    assert.equal(model?.textEdit?.newText, '"model": $1');
    assert.equal(model?.command?.command, 'editor.action.triggerSuggest');
  });

  it('no part of a hover stands in the other one', async () => {
    const count = { ours: 0, theirs: 0, both: 0 };
    for (const snapshot of valid) {
      const tree = json.read(snapshot);
      for (const offset of placesIn(snapshot)) {
        const position = snapshot.document.positionAt(offset);
        const params = { textDocument: { uri: snapshot.uri }, position };
        const ours = partsOf((await fullHover(snapshot, params, context))?.contents ?? []);
        const theirs = partsOf((await json.hover(snapshot, offset, tree))?.contents ?? []);
        for (const part of ours)
          assert.ok(!theirs.includes(part), `${part} at ${offset} of ${snapshot.text}`);
        if (ours.length > 0) count.ours++;
        if (theirs.length > 0) count.theirs++;
        if (ours.length > 0 && theirs.length > 0) count.both++;
      }
    }
    assert.ok(count.ours > 100 && count.theirs > 100 && count.both > 20, JSON.stringify(count));
  });

  it('its JSON support judges no connector file, and no place has a diagnostic of both', async () => {
    const count = { ours: 0, theirs: 0 };
    for (const snapshot of [...valid, ...faulty]) {
      const ours = await fullDiagnostics(snapshot, {}, context);
      const theirs = await json.diagnostics(snapshot, json.read(snapshot));
      for (const { range, message } of theirs) {
        const same = ours.filter(other => isSameStart(other.range, range));
        assert.deepEqual(same, [], `${message} in ${snapshot.text}`);
      }
      if (snapshot.analysis.document.syntaxErrors.length === 0) {
        const notJson = theirs.filter(({ message }) => !/comment|comma|duplicate/i.test(String(message)));
        assert.deepEqual(notJson, [], snapshot.text);
      }
      count.ours += ours.length;
      count.theirs += theirs.length;
    }
    assert.ok(count.ours > 40 && count.theirs > 2, JSON.stringify(count));
  });

  it('its JSON support does not mind values of any type, in any place', async () => {
    const wrong = ['null', 'true', '1.5', '-1', '""', '"x"', '[]', '["x", 1]', '{}', '{ "x": null }'];
    for (const { text, analysis } of valid) {
      for (const { range } of nodesOf(analysis.document.root)) {
        for (const value of wrong) {
          const snapshot = snapshotOf(text.slice(0, range.start) + value + text.slice(range.end));
          assert.deepEqual(await json.diagnostics(snapshot, json.read(snapshot)), [], snapshot.text);
        }
      }
    }
  });

  it('symbols and folding are left to it', () => {
    for (const snapshot of valid) {
      const params = { textDocument: { uri: snapshot.uri } };
      const theirs = json.service.findDocumentSymbols2(snapshot.document, json.read(snapshot));
      assert.ok(theirs.length > 0);
      assert.deepEqual(symbols(snapshot, params, context), []);
      assert.deepEqual(foldingRanges(snapshot, params, context), []);
    }
  });
});

interface At {
  readonly start: { readonly line: number; readonly character: number };
}

function isSameStart(a: At, b: At): boolean {
  return a.start.line === b.start.line && a.start.character === b.start.character;
}
