import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DocumentHighlightKind } from 'vscode-languageserver';
import { highlights } from '../../../server/features/highlights.ts';
import { linkedEditing } from '../../../server/features/linked-editing.ts';
import { references } from '../../../server/features/references.ts';
import type { Snapshot } from '../../../server/snapshot.ts';
import { contextOf, fileOf, fixture, mark, short } from './navigation-rig.ts';

function highlighted(marked: string): string {
  const { snapshot, params } = fixture(marked);
  return mark(
    snapshot,
    highlights(snapshot, params, contextOf([snapshot])).map(({ range }) => range),
  );
}

function referenced(marked: string, others: readonly Snapshot[] = [], includeDeclaration = true): string[] {
  const { snapshot, params } = fixture(marked);
  const context = contextOf([snapshot, ...others], {
    mcpServers: () => [
      { name: 'docs', uri: 'file:///project/.mcp.json', range: { start: 1, end: 5 }, text: '{docs' },
    ],
  });
  const found = references(snapshot, { ...params, context: { includeDeclaration } }, context);
  const files = new Map([snapshot, ...others].map(file => [file.uri, file]));
  return found.map(({ uri, range }) => {
    const file = files.get(uri);
    const offsets = file?.positions.offsetsOf(range);
    return `${short(uri)}:${file && offsets ? file.text.slice(offsets.start, offsets.end) : ''}@${range.start.character}`;
  });
}

/** Every kind of name; the `|` may stand at any of its places. */
const marked: Readonly<Record<string, string>> = {
  alias:
    '{"models":{"«a»":"claude","b":["«a»","codex"]},"pipeline":{"phases":[{"model":"«a»","workers":[{"model":"b"},{"model":"«a»"}]}]}}',
  model: '{"models":{"a":"«claude»"},"pipeline":{"phases":[{"model":"a","workers":[{"model":"«claude»"}]}]}}',
  phase:
    '{"pipeline":{"phases":[{"name":"«x»"},{"needs":["«x»"],"prompt":"{answers.«x»} {answers.«x».1}","session":{"worktree":"a-{answers.«x»}"}}]}}',
  worker:
    '{"pipeline":{"phases":[{"name":"x","workers":[{"name":"«w»"}]},{"name":"y","workers":[{"name":"w"}]},{"prompt":"{answers.x.«w»} {answers.y.w}"}]}}',
  participant: '{"type":"meeting","participants":[{"id":"«a»"},{"id":"b"}],"moderator":"«a»"}',
  machine:
    '{"machines":{"«m»":{"ssh":"h"}},"pipeline":{"phases":[{"machine":["«m»","n"],"workers":[{"machine":"«m»"}]}]}}',
  step: '{"pipeline":{"phases":[{"steps":[{"name":"«s»","binary":"b","output":{"r":{"match":"exit:1","next":["«s»","t"]}}}]},{"steps":[{"name":"s","binary":"b"}]}]}}',
  server: '{"tools":{"mcp":{"«docs»":{"url":"https://a.b"}}}}',
  variable: '{"session":{"worktree":"{name}-{«v»}"},"pipeline":{"phases":[{"prompt":"{«v»} {w}"}]}}',
  builtIn: '{"pipeline":{"phases":[{"prompt":"{«phase»} {task} {«phase»}"},{"prompt":"{phase}"}]}}',
};

for (const [kind, text] of Object.entries(marked)) {
  test(`every place of a name of kind ${kind} is highlighted from each of its places`, () => {
    const plain = text.replaceAll(/[«»]/g, '');
    let place = 0;
    for (const piece of text.split('«').slice(0, -1)) {
      place += piece.replace('»', '').length;
      assert.equal(highlighted(`${plain.slice(0, place)}|${plain.slice(place)}`), text);
    }
  });
}

test('definitions are highlighted as written, uses as read', () => {
  const { snapshot, params } = fixture('{"models":{"a":"claude","b":"|a"}}');
  assert.deepEqual(
    highlights(snapshot, params, contextOf([snapshot])).map(({ kind }) => kind),
    [DocumentHighlightKind.Write, DocumentHighlightKind.Read],
  );
});

test('paths of one file are highlighted together, however they are written', () => {
  assert.equal(
    highlighted(
      '{"pipeline":{"phases":[{"prompt_file":"|p.md"},{"prompt_file":"./p.md"},{"prompt_file":"q.md"}]}}',
    ),
    '{"pipeline":{"phases":[{"prompt_file":«"p.md"»},{"prompt_file":«"./p.md"»},{"prompt_file":"q.md"}]}}',
  );
});

test('references leave the definition out if the client wants that', () => {
  const text = '{"models":{"a":"claude","b":"|a"}}';
  assert.deepEqual(referenced(text), ['main.connector.json:a@12', 'main.connector.json:a@29']);
  assert.deepEqual(referenced(text, [], false), ['main.connector.json:a@29']);
});

test('references of a path are those of all connector files of the workspace', () => {
  const other = fileOf(
    '{"pipeline":{"phases":[{"connector":"../sub.connector.json"}]}}',
    'deep/other.connector.json',
  );
  assert.deepEqual(referenced('{"pipeline":{"phases":[{"connector":"|sub.connector.json"}]}}', [other]), [
    'main.connector.json:"sub.connector.json"@36',
    'deep/other.connector.json:"../sub.connector.json"@36',
  ]);
});

test('an MCP server of the workspace has references in all files that mean it', () => {
  const others = [
    fileOf('{"tools":{"mcp":["docs"]}}', 'uses.connector.json'),
    fileOf('{"tools":{"mcp":{"docs":{"url":"https://a.b"}}}}', 'own.connector.json'),
  ];
  assert.deepEqual(referenced('{"tools":{"mcp":["|docs"]}}', others), [
    '.mcp.json:@1',
    'main.connector.json:docs@18',
    'uses.connector.json:docs@18',
  ]);
});

function linked(text: string): string | null {
  const { snapshot, params } = fixture(text);
  const found = linkedEditing(snapshot, params, contextOf([snapshot]));
  return found && mark(snapshot, found.ranges);
}

test('typing at a definition changes its uses along', () => {
  assert.equal(
    linked('{"pipeline":{"phases":[{"name":"x|"},{"needs":["x"],"prompt":"{answers.x}"}]}}'),
    '{"pipeline":{"phases":[{"name":"«x»"},{"needs":["«x»"],"prompt":"{answers.«x»}"}]}}',
  );
});

test('typing at a use changes nothing else, nor where a name is used nowhere or must stay', () => {
  assert.equal(linked('{"models":{"a":"claude","b":"|a"}}'), null);
  assert.equal(linked('{"models":{"|a":"claude"}}'), null);
  assert.equal(linked('{"models":{"primar|y":"claude","b":"primary"}}'), null);
  assert.equal(linked('{"models":{"caf\\u00e9|":"claude","b":"café"}}'), null);
});
