import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from '../../../server/features/call-hierarchy.ts';
import { documentLinks } from '../../../server/features/document-links.ts';
import { contextOf, fileOf, fixture, mark, short } from './navigation-rig.ts';

const running = (name: string, paths: readonly string[], more = '') => {
  const phases = paths.map(path => `{"connector":"${path}"}`).join(',');
  return fileOf(`{"name":"${name}",${more}"pipeline":{"phases":[${phases}]}}`, `${name}.connector.json`);
};
const top = running(
  'top',
  ['middle.connector.json', 'middle.connector.json', 'gone.connector.json'],
  '"limits":{"max_depth":1},',
);
const middle = running('middle', ['leaf.connector.json']);
const leaf = running('leaf', []);
const context = contextOf([top, middle, leaf]);

function itemFor(file: typeof top) {
  const [item] =
    prepareCallHierarchy(file, { textDocument: file, position: { line: 0, character: 0 } }, context) ?? [];
  assert.ok(item);
  return item;
}

test('the file at hand is the start of the hierarchy', () => {
  const { name, detail, uri } = itemFor(top);
  assert.deepEqual([name, detail, short(uri)], ['top', 'top.connector.json', 'top.connector.json']);
});

test('on a path the hierarchy starts with the file that it names', () => {
  const { snapshot, params } = fixture('{"pipeline":{"phases":[{"connector":"|leaf.connector.json"}]}}');
  assert.deepEqual(
    prepareCallHierarchy(snapshot, params, context)?.map(({ name }) => name),
    ['leaf'],
  );
  const prompt = fixture('{"pipeline":{"phases":[{"prompt_file":"|p.md"}]}}');
  assert.equal(prepareCallHierarchy(prompt.snapshot, prompt.params, context), null);
});

test('outgoing calls count the depth against the limit of the file at the top', () => {
  const [first, missing] = outgoingCalls({ item: itemFor(top) }, context);
  assert.ok(first && missing);
  assert.equal(first.to.detail, 'middle.connector.json · depth 1 of 1');
  assert.equal(missing.to.detail, 'gone.connector.json · not in the workspace');
  assert.equal(
    mark(top, first.fromRanges),
    '{"name":"top","limits":{"max_depth":1},"pipeline":{"phases":[{"connector":«"middle.connector.json"»},{"connector":«"middle.connector.json"»},{"connector":"gone.connector.json"}]}}',
  );
  const [second] = outgoingCalls({ item: first.to }, context);
  assert.equal(second?.to.detail, 'leaf.connector.json · depth 2 of 1, beyond limits.max_depth');
});

test('incoming calls say how deep their callers reach by them', () => {
  const [caller] = incomingCalls({ item: itemFor(leaf) }, context);
  assert.ok(caller);
  assert.equal(caller.from.detail, 'middle.connector.json · reaches depth 1 of 3');
  const [callersCaller] = incomingCalls({ item: caller.from }, context);
  assert.equal(
    callersCaller?.from.detail,
    'top.connector.json · reaches depth 2 of 1, beyond limits.max_depth',
  );
  assert.equal(callersCaller?.fromRanges.length, 2);
});

test('items of a file that is gone, or that were made by nobody, have no calls', () => {
  const item = { ...itemFor(top), uri: 'file:///project/gone.connector.json', data: 'x' };
  assert.deepEqual(outgoingCalls({ item }, context), []);
  assert.equal(incomingCalls({ item }, context).length, 1);
});

test('every path of another file is a link', () => {
  const file = fileOf(
    '{"agent":{"flow":"F.md"},"pipeline":{"phases":[{"prompt_file":"p/a.md","output":"s.json","workers":[{"connector":"../x.connector.json"}]}]}}',
    'deep/main.connector.json',
  );
  const links = documentLinks(file, { textDocument: file }, contextOf([file]));
  assert.equal(
    mark(
      file,
      links.map(({ range }) => range),
    ),
    '{"agent":{"flow":"«F.md»"},"pipeline":{"phases":[{"prompt_file":"«p/a.md»","output":"«s.json»","workers":[{"connector":"«../x.connector.json»"}]}]}}',
  );
  assert.deepEqual(
    links.map(({ target }) => short(target ?? '')),
    ['deep/F.md', 'deep/p/a.md', 'deep/s.json', 'x.connector.json'],
  );
});

test('a file that lies nowhere has no links', () => {
  const file = fileOf('{"agent":{"flow":"F.md"}}', 'untitled:Untitled-1');
  assert.deepEqual(documentLinks(file, { textDocument: file }, contextOf([file])), []);
});
