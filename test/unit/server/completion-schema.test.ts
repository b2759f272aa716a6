import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { InsertTextFormat, MarkupContent, Position, TextEdit } from 'vscode-languageserver';
import { fullCompletion, fullHover } from '../../../server/features/schema.ts';
import { documentAround, jsonService } from '../../../server/json-service.ts';
import type { Snapshot } from '../../../server/snapshot.ts';
import {
  applyEdits,
  atCursor,
  type ContextParts,
  contextOf,
  snapshotOf,
  withoutTabStops,
} from '../../support/cursor.ts';

const head = '"connector": "2.0", "models": { "primary": "claude" }';

async function itemsAt(marked: string, parts: ContextParts = {}, uri?: string) {
  const { snapshot, params } = atCursor(marked, {}, uri);
  return (await fullCompletion(snapshot, params, contextOf(parts))).items;
}

async function accept(marked: string, label: string, parts: ContextParts = {}): Promise<string> {
  const { snapshot } = atCursor(marked);
  const items = await itemsAt(marked, parts);
  const item = items.find(candidate => candidate.label === label);
  const edit = item?.textEdit;
  if (!TextEdit.is(edit)) throw new Error(`no ${label} among ${items.map(found => found.label)}`);
  const isSnippet = item?.insertTextFormat === InsertTextFormat.Snippet;
  const text = applyEdits(snapshot, [isSnippet ? { ...edit, newText: withoutTabStops(edit.newText) } : edit]);
  assert.doesNotThrow(() => JSON.parse(text), `not JSON: ${text}`);
  return text;
}

describe('completion by the schema', () => {
  it('offers keys with their texts, and leaves valid JSON', async () => {
    const marked = `{ ${head}, | }`;
    const task = (await itemsAt(marked)).find(({ label }) => label === 'task');
    assert.ok(MarkupContent.is(task?.documentation) && task.documentation.value.includes('goal'));
    // The schema's example is the text of the tab stop.
    assert.match(await accept(marked, 'task'), /"task": "Add rate limiting/);
  });

  it('offers a whole file of every kind where there is nothing yet, each of which can run', async () => {
    for (const kind of ['pipeline', 'dialogue', 'meeting', 'mesh']) {
      const text = await accept('|', kind);
      const { diagnostics, workflow } = snapshotOf(text).analysis;
      const told = diagnostics.filter(({ code }) => code !== 'missing-prompt');
      assert.deepEqual(told, [], kind);
      assert.ok(workflow, kind);
    }
  });

  it('offers a phase of every kind, each of which can run', async () => {
    const labels = ['phase', 'phase with named workers', 'phase of steps', 'dialogue', 'meeting', 'mesh'];
    for (const label of labels) {
      const text = await accept(`{ ${head}, "task": "x", "pipeline": { "phases": [|] } }`, label);
      assert.deepEqual(snapshotOf(text).analysis.diagnostics, [], label);
    }
  });

  it('offers a list of workers in place of their number', async () => {
    const text = await accept(`{ ${head}, "pipeline": { "phases": [{ "workers": | }] } }`, 'list of workers');
    assert.match(text, /"name": "one"/);
  });

  it('offers a dialogue, meeting or mesh among the keys of a file or phase that is nothing yet', async () => {
    for (const label of ['dialogue', 'meeting', 'mesh']) {
      const file = await accept('{ "connector": "2.1", | }', label);
      const phase = await accept(
        `{ ${head}, "task": "x", "pipeline": { "phases": [{ "name": "a" | }] } }`,
        label,
      );
      for (const text of [file, phase]) {
        assert.match(text, new RegExp(`"type": "${label}"`));
        const { diagnostics } = snapshotOf(text).analysis;
        assert.deepEqual(
          diagnostics.filter(({ code }) => code !== 'missing-prompt'),
          [],
          text,
        );
      }
    }
    const pipeline = await itemsAt(`{ ${head}, "pipeline": {}, | }`);
    assert.ok(!pipeline.some(({ label }) => label === 'mesh'));
    const workers = await itemsAt('{ "pipeline": { "phases": [{ "workers": 2, | }] } }');
    assert.ok(!workers.some(({ label }) => label === 'mesh'));
  });

  it('offers whole lists and entries of maps wherever one is missing', async () => {
    const phase = (inside: string) =>
      `{ ${head}, "task": "x", "pipeline": { "phases": [{ "name": "a", ${inside} }] } }`;
    const places: readonly (readonly [marked: string, label: string])[] = [
      [`{ ${head}, "task": "x", "pipeline": { "phases": | } }`, 'list of phases'],
      [phase('"workers": |'), 'list of workers'],
      [phase('"type": "dialogue", "participants": |'), 'list of participants'],
      [phase('"type": "mesh", "agents": |'), 'list of agents'],
      [phase('"steps": |'), 'list of steps'],
      [phase('"steps": |'), 'map of steps'],
      [phase('"steps": { | }'), 'step'],
      [phase('"steps": [{ "binary": "npm", "output": { | } }]'), 'rule'],
      [`{ ${head}, "machines": { | } }`, 'ssh'],
    ];
    for (const [marked, label] of places) {
      const { diagnostics } = snapshotOf(await accept(marked, label)).analysis;
      assert.deepEqual(
        diagnostics.filter(({ severity }) => severity === 'error'),
        [],
        label,
      );
    }
  });

  it('parts an item from the one before it', async () => {
    const text = await accept(
      `{ ${head}, "pipeline": { "phases": [{ "name": "a", "prompt": "x" }|] } }`,
      'phase',
    );
    assert.equal(JSON.parse(text).pipeline.phases.length, 2);
  });

  it('gives every key a value to fill in', async () => {
    for (const place of ['|', '"pipeline": { "phases": [{ | }] }', '"session": { | }']) {
      for (const { label, textEdit } of await itemsAt(`{ ${head}, ${place} }`))
        assert.match(textEdit?.newText ?? '', /^"[^"]+": ./, label);
    }
  });

  it('is left to an editor with JSON support, but for files that it cannot know', async () => {
    const parts = { settings: { schemaFeatures: false } };
    const marked = `{ ${head}, "type": "mesh", | }`;
    assert.deepEqual(await itemsAt(marked, parts), []);
    const found = await itemsAt(marked, parts, 'file:///project/other.json');
    assert.ok(found.some(({ label }) => label === 'task'));
  });

  it('shows no name twice, nor examples where the names are known', async () => {
    for (const place of [
      '"pipeline": { "phases": [{ "model": "|" }] }',
      '"session": { "permission": | }',
      '"pipeline": { "phases": [{ "name": "a" }, { "needs": ["|"] }] }',
    ]) {
      const labels = (await itemsAt(`{ ${head}, ${place} }`)).map(({ label }) => label.replaceAll('"', ''));
      assert.ok(labels.length > 0, place);
      assert.deepEqual(labels, [...new Set(labels)], place);
    }
  });

  it('has no tab stops for clients without snippets', async () => {
    for (const item of await itemsAt(`{ ${head}, | }`, { client: {} })) {
      assert.notEqual(item.insertTextFormat, InsertTextFormat.Snippet);
      assert.doesNotMatch(item.textEdit?.newText ?? '', /\$\d|\$\{\d/, item.label);
    }
  });

  it('works in the middle of long lists, line by line', async () => {
    const others = Array.from(
      { length: 30 },
      (_, index) => `\n{ "name": "p${index}",\n "prompt": "x" }`,
    ).join();
    const marked = `{ ${head}, "pipeline": { "phases": [${others},\n{ "name": "here", | },${others.replaceAll('"p', '"q')}] } }`;
    assert.equal(await accept(marked, 'retries'), marked.replace('|', '"retries": 1'));
  });

  it('does not care what $schema says', async () => {
    const labels = (await itemsAt(`{ "$schema": "https://example.com/x.json", ${head}, | }`)).map(
      ({ label }) => label,
    );
    assert.ok(labels.includes('pipeline'));
  });
});

describe('hover by the schema', () => {
  it('shows the text of the field, and our own where we have one', async () => {
    const textAt = async (marked: string, parts: ContextParts = {}) => {
      const { snapshot, params } = atCursor(marked);
      const found = await fullHover(snapshot, params, contextOf(parts));
      return found && MarkupContent.is(found.contents) ? found.contents.value : undefined;
    };
    assert.match((await textAt('{ "ta|sk": "x" }')) ?? '', /The goal/);
    assert.match((await textAt('{ "models": { "a|": "claude" } }')) ?? '', /^\*\*`a`\*\* · alias/);
    assert.equal(await textAt('{ "ta|sk": "x" }', { settings: { schemaFeatures: false } }), undefined);
  });
});

describe('what the library reads of a document', () => {
  it('is enough for it to say what it says of the whole document, at the same places', async () => {
    const folder = join(import.meta.dirname, '../../fixtures/connector/published');
    for (const name of readdirSync(folder).filter(file => !file.endsWith('.workflow.json'))) {
      const snapshot = snapshotOf(readFileSync(join(folder, name), 'utf8'));
      const tree = jsonService.parseJSONDocument(snapshot.document);
      for (let offset = 0; offset < snapshot.text.length; offset += 13) {
        const part = documentAround(snapshot, offset);
        assert.ok(part);
        const place = snapshot.document.positionAt(offset);
        const where = `${name} at ${offset}`;
        assert.deepEqual(
          withOffsets(
            await jsonService.doComplete(part.document, part.position, part.tree),
            part.wholeOffset,
          ),
          withOffsets(await jsonService.doComplete(snapshot.document, place, tree), offsetIn(snapshot)),
          where,
        );
        assert.deepEqual(
          withOffsets(await jsonService.doHover(part.document, part.position, part.tree), part.wholeOffset),
          withOffsets(await jsonService.doHover(snapshot.document, place, tree), offsetIn(snapshot)),
          where,
        );
      }
    }
  });
});

describe('an object that nobody writes', () => {
  it('is not given to the library, which would run out of stack', async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `"key${index}": ${index}`);
    const marked = `{ "connector": "2.0", ${keys.join(', ')}, | }`;
    const { snapshot, offset } = atCursor(marked);
    assert.equal(documentAround(snapshot, offset), undefined);
    assert.deepEqual(
      (await itemsAt(marked)).map(({ label }) => label),
      ['dialogue', 'meeting', 'mesh'],
    );
  });

  it('is one only without the long texts in it', () => {
    const { snapshot, offset } = atCursor(`{ "task": "${'x'.repeat(200_000)}", | }`);
    assert.equal(documentAround(snapshot, offset)?.document.getText(), '{ "task": "",  }');
  });
});

function offsetIn({ document }: Snapshot): (position: Position) => number {
  return position => document.offsetAt(position);
}

/** An answer with offsets in place of positions. */
function withOffsets(answer: unknown, offsetAt: (position: Position) => number): unknown {
  return JSON.parse(
    JSON.stringify(answer, (_, value) => (Position.is(value) ? offsetAt(value) : value)) ?? 'null',
  );
}
