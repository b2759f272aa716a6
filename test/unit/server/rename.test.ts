import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FeatureContext } from '../../../server/feature.ts';
import { prepareRename, rename } from '../../../server/features/rename.ts';
import { willRenameFiles } from '../../../server/features/rename-files.ts';
import { nameIndexOf } from '../../../server/name-index.ts';
import type { Snapshot } from '../../../server/snapshot.ts';
import { projectRoot } from '../analysis/golden.ts';
import { ableClient, applyWorkspaceEdit, contextOf, fileOf, fixture, mark } from './navigation-rig.ts';
import { diagnosticsOf } from './same-meaning.ts';

/** The text after the rename at the `|`, or why there is none. */
function renamed(marked: string, newName: string): string {
  const { snapshot, params } = fixture(marked);
  const result = rename(snapshot, { ...params, newName }, contextOf([snapshot]));
  if (!result.ok) return result.failure;
  return applyWorkspaceEdit([snapshot], result.value ?? {})['main.connector.json'] ?? snapshot.text;
}

function start(marked: string): string {
  const { snapshot, params } = fixture(marked);
  const result = prepareRename(snapshot, params, contextOf([snapshot]));
  if (!result.ok) return result.failure;
  return result.value ? `${result.value.placeholder}: ${mark(snapshot, [result.value.range])}` : 'no name';
}

const cases: readonly (readonly [string, string, string, string])[] = [
  [
    'alias',
    '{"models":{"a":"claude","b":["a"]},"pipeline":{"phases":[{"model":"|a"}]}}',
    'new',
    '{"models":{"new":"claude","b":["new"]},"pipeline":{"phases":[{"model":"new"}]}}',
  ],
  [
    'phase',
    '{"pipeline":{"phases":[{"name":"|x"},{"needs":["x"],"prompt":"{answers.x} {answers.x.1}","session":{"worktree":"{answers.x}"}}]}}',
    'n n',
    '{"pipeline":{"phases":[{"name":"n n"},{"needs":["n n"],"prompt":"{answers.n n} {answers.n n.1}","session":{"worktree":"{answers.n n}"}}]}}',
  ],
  [
    'worker',
    '{"pipeline":{"phases":[{"name":"x","workers":[{"name":"w"}]},{"prompt":"{answers.x.|w}"}]}}',
    'v.1',
    '{"pipeline":{"phases":[{"name":"x","workers":[{"name":"v.1"}]},{"prompt":"{answers.x.v.1}"}]}}',
  ],
  [
    'participant',
    '{"type":"meeting","participants":[{"id":"|a"}],"moderator":"a"}',
    'b"c',
    '{"type":"meeting","participants":[{"id":"b\\"c"}],"moderator":"b\\"c"}',
  ],
  [
    'machine',
    '{"machines":{"m":{"ssh":"h"}},"pipeline":{"phases":[{"machine":["|m"]}]}}',
    'gpu',
    '{"machines":{"gpu":{"ssh":"h"}},"pipeline":{"phases":[{"machine":["gpu"]}]}}',
  ],
  [
    'step',
    '{"pipeline":{"phases":[{"steps":{"a":{"binary":"x","output":{"r":{"match":"exit:0","next":["a","b"]}}},"|b":{"binary":"y"}}}]}}',
    'c',
    '{"pipeline":{"phases":[{"steps":{"a":{"binary":"x","output":{"r":{"match":"exit:0","next":["a","c"]}}},"c":{"binary":"y"}}}]}}',
  ],
  ['MCP server', '{"tools":{"mcp":{"|docs":{"url":"u"}}}}', 'd', '{"tools":{"mcp":{"d":{"url":"u"}}}}'],
  [
    'variable',
    '{"session":{"worktree":"{ticket}-{worker}"},"pipeline":{"phases":[{"prompt":"\\u007bticket} {|ticket}"}]}}',
    'issue',
    '{"session":{"worktree":"{issue}-{worker}"},"pipeline":{"phases":[{"prompt":"\\u007bissue} {issue}"}]}}',
  ],
  [
    'phase without a name',
    '{"pipeline":{"phases":[{"prompt":"p"},{"needs":["|phase-1"]}]}}',
    'plan',
    '{"pipeline":{"phases":[{"name": "plan","prompt":"p"},{"needs":["plan"]}]}}',
  ],
  [
    'participant without an id',
    '{"type":"meeting","participants":[{"role":"r"}],"moderator":"|1"}',
    'boss',
    '{"type":"meeting","participants":[{"id": "boss","role":"r"}],"moderator":"boss"}',
  ],
];

for (const [kind, marked, newName, expected] of cases) {
  test(`renaming a ${kind} changes all its places`, () => {
    assert.equal(renamed(marked, newName), expected);
  });
}

test('the rename starts with the name under the cursor, without quotes and braces', () => {
  assert.equal(
    start('{"pipeline":{"phases":[{"name":"x"},{"prompt":"{answers.|x}"}]}}'),
    'x: {"pipeline":{"phases":[{"name":"x"},{"prompt":"{answers.«x»}"}]}}',
  );
});

test('what is no name of this file cannot be renamed, and the reason is said', () => {
  const reasons: Readonly<Record<string, string>> = {
    '{"pipeline":{"phases":[{"model":"|claude"}]}}':
      '"claude" is a model of its CLI, not a name of this file.',
    '{"pipeline":{"phases":[{"prompt":"{|task}"}]}}': '{task} is always called so.',
    '{"models":{"|primary":"claude"}}':
      'The alias "primary" has a meaning of its own: workers and models that name none get it.',
    '{"pipeline":{"phases":[{"machine":"|far"}]}}': '"far" is defined outside of this file.',
    '{"pipeline":{"phases":[{"model":"|nobody"}]}}': '"nobody" is not defined in this file.',
    '{"pipeline":{"phases":[{"name":"x","workers":2},{"prompt":"{answers.x.|2}"}]}}':
      'Workers given as a number are called by their numbers: make them a list first.',
    '{"pipel|ine":{}}': 'no name',
  };
  for (const [text, reason] of Object.entries(reasons)) assert.equal(start(text), reason);
});

test('a name that another thing has is refused', () => {
  assert.equal(renamed('{"models":{"|a":"claude","b":"codex"}}', 'b'), 'There is an alias "b" already.');
  assert.equal(
    renamed('{"pipeline":{"phases":[{"name":"|x"},{"name":"y"}]}}', 'y'),
    'There is a phase "y" already.',
  );
});

test('a name that would catch what means something else is refused', () => {
  assert.equal(
    renamed(
      '{"models":{"|a":"claude"},"pipeline":{"phases":[{"model":"codex","workers":[{"model":"a"},{}]}]}}',
      'codex',
    ),
    'With "codex" other names of this file would mean something else.',
  );
  assert.match(
    renamed(
      '{"pipeline":{"phases":[{"name":"a","workers":[{"name":"b"}]},{"name":"|x"},{"prompt":"{answers.a.b}"}]}}',
      'a.b',
    ),
    /other names of this file would mean something else/,
  );
});

test('a name that a placeholder cannot hold is refused', () => {
  assert.match(
    renamed('{"pipeline":{"phases":[{"name":"|x"},{"prompt":"{answers.x}"}]}}', 'a}b'),
    /cannot be used as a name here/,
  );
  assert.match(
    renamed('{"pipeline":{"phases":[{"prompt":"{|v}"}]}}', 'a b'),
    /cannot be used as a name here/,
  );
});

test('empty names and "fallback" are refused, the same name changes nothing', () => {
  assert.equal(renamed('{"models":{"|a":"claude"}}', ' '), 'A name must not be empty.');
  assert.match(renamed('{"models":{"|a":"claude"}}', 'fallback'), /has a meaning of its own/);
  assert.equal(renamed('{"models":{"|a":"claude"}}', 'a'), '{"models":{"a":"claude"}}');
});

test('an MCP server of the workspace is renamed in its own file and in all connector files that mean it', () => {
  const { snapshot, params } = fixture('{"tools":{"mcp":["|docs"]}}');
  const files = [
    snapshot,
    fileOf('{"tools":{"mcp":["docs"]}}', 'b.connector.json'),
    fileOf('{"tools":{"mcp":{"docs":{"url":"u"}}}}', 'own.connector.json'),
  ];
  const place = {
    name: 'docs',
    uri: 'file:///project/.mcp.json',
    range: { start: 1, end: 7 },
    text: '{"docs":1}',
  };
  const result = rename(
    snapshot,
    { ...params, newName: 'wiki' },
    contextOf(files, { mcpServers: () => [place] }),
  );
  assert.ok(result.ok);
  assert.deepEqual(applyWorkspaceEdit(files, result.value ?? {}), {
    '.mcp.json': 'wiki',
    'main.connector.json': '{"tools":{"mcp":["wiki"]}}',
    'b.connector.json': '{"tools":{"mcp":["wiki"]}}',
  });
});

const sub = 'sub.connector.json';
const caller = (path: string, name: string) =>
  fileOf(`{"pipeline":{"phases":[{"connector":"${path}","prompt_file":"p.md"}]}}`, name);

function workspace(): { readonly files: readonly Snapshot[]; readonly context: FeatureContext } {
  const files = [caller(sub, 'main.connector.json'), caller(`../${sub}`, 'deep/b.connector.json')];
  return { files, context: contextOf(files, { fileState: () => undefined }) };
}

test('renaming a path renames the file, and its path in all connector files', () => {
  const { files, context } = workspace();
  const [main] = files;
  assert.ok(main);
  const position = main.positions.positionAt(main.text.indexOf(sub) + 1);
  const result = rename(main, { textDocument: main, position, newName: 'parts/new.connector.json' }, context);
  assert.ok(result.ok);
  assert.deepEqual(applyWorkspaceEdit(files, result.value ?? {}), {
    'main.connector.json': main.text.replace(sub, 'parts/new.connector.json'),
    'deep/b.connector.json':
      '{"pipeline":{"phases":[{"connector":"../parts/new.connector.json","prompt_file":"p.md"}]}}',
    'sub.connector.json → parts/new.connector.json': 'renamed',
  });
});

test('a file that is renamed in the editor keeps its references, and its own paths', () => {
  const { files, context } = workspace();
  const edit = willRenameFiles(
    {
      files: [
        { oldUri: 'file:///project/deep/b.connector.json', newUri: 'file:///project/b.connector.json' },
      ],
    },
    context,
  );
  assert.ok(edit);
  assert.deepEqual(applyWorkspaceEdit(files, edit), {
    'deep/b.connector.json':
      '{"pipeline":{"phases":[{"connector":"sub.connector.json","prompt_file":"deep/p.md"}]}}',
  });
});

test('a folder that is renamed takes the paths into it along', () => {
  const file = fileOf('{"pipeline":{"phases":[{"prompt_file":"./prompts/a b.md"}]}}');
  const rename = { oldUri: 'file:///project/prompts', newUri: 'file:///project/texts' };
  const edit = willRenameFiles({ files: [rename] }, contextOf([file]));
  assert.ok(edit);
  assert.deepEqual(applyWorkspaceEdit([file], edit), {
    'main.connector.json': '{"pipeline":{"phases":[{"prompt_file":"./texts/a b.md"}]}}',
  });
});

test('renaming a file that nobody names changes nothing', () => {
  const { context } = workspace();
  const rename = { oldUri: 'file:///project/x.md', newUri: 'file:///project/y.md' };
  assert.equal(willRenameFiles({ files: [rename] }, context), null);
});

test('a path stays where the editor cannot rename files, or there is none', () => {
  const { snapshot, params } = fixture('{"agent":{"flow":"|f.md"}}');
  const client = { ...ableClient, renamesFiles: false };
  const unable = prepareRename(snapshot, params, contextOf([snapshot], {}, { client }));
  const missing = prepareRename(snapshot, params, contextOf([snapshot], { fileState: () => 'missing' }));
  assert.deepEqual(
    [unable, missing].map(result => (result.ok ? '' : result.failure)),
    ['This editor cannot rename files for a language server.', 'There is no file "f.md".'],
  );
});

for (const name of readdirSync(join(projectRoot, 'examples')).filter(file => file.endsWith('.json'))) {
  test(`every name of ${name} can be changed and changed back`, () => {
    const text = readFileSync(join(projectRoot, 'examples', name), 'utf8');
    const fresh = 'other name';
    for (const { entity, form, range } of nameIndexOf(fileOf(text)).all) {
      const there = renameAt(text, range.start, fresh);
      if (there === undefined || form === 'implicit') continue;
      assert.deepEqual(diagnosticsOf(there), diagnosticsOf(text), `${entity.kind} ${entity.name}`);
      const isLeft = there.includes(`{answers.${entity.name}`);
      assert.ok(entity.kind !== 'phase' || !isLeft, there);
      const place = nameIndexOf(fileOf(there)).all.find(found => found.entity.name === fresh);
      assert.equal(renameAt(there, place?.range.start ?? 0, entity.name), text);
    }
  });
}

/** The text after a rename; undefined if the name must stay. */
function renameAt(text: string, offset: number, newName: string): string | undefined {
  const file = fileOf(text);
  const position = file.positions.positionAt(offset);
  const result = rename(file, { textDocument: file, position, newName }, contextOf([file]));
  return result.ok ? applyWorkspaceEdit([file], result.value ?? {})['main.connector.json'] : undefined;
}
