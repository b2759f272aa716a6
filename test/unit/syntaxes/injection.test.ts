import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { builtInAdapters, modelShorthands } from '../../../runtime/agents/names.ts';
import { assertGolden, assertNoStale } from '../analysis/golden.ts';
import { createTokenizer, injectionFile, type Token } from './tokens.ts';

const root = join(import.meta.dirname, '../../..');
const snapshots = join(root, 'test/fixtures/syntaxes');
const plain = await createTokenizer('json', false);
const injected = await createTokenizer('json', true);
const injectedJsonc = await createTokenizer('jsonc', true);

describe('the injection grammar', () => {
  for (const file of readdirSync(snapshots).filter(name => name.endsWith('.json'))) {
    test(`gives ${file} the scopes of its snapshot`, () => {
      const text = readFileSync(join(snapshots, file), 'utf8');
      assertGolden(join(snapshots, file.replace(/json$/, 'txt')), show(text, injected(text)));
    });
  }

  test('has no snapshot without its file', () => {
    assertNoStale(snapshots, '.txt');
  });

  for (const file of connectorFiles()) {
    test(`keeps every scope that plain JSON has in ${file}`, () => {
      const text = readFileSync(join(root, file), 'utf8');
      assert.deepEqual(lostScopes(plain(text), injected(text)), []);
    });
  }

  for (const file of ['package.json', '.biome.json', 'schemas/connector.schema.json']) {
    test(`leaves ${file}, which is no connector file, as it is`, () => {
      const text = readFileSync(join(root, file), 'utf8');
      assert.deepEqual(injected(text), plain(text));
    });
  }

  test('is not opened by a version below the top level', () => {
    const text =
      '{ "dependencies": { "connector": "2.0" }, "model": "claude", "list": [{ "connector": "2.0" }] }';
    assert.deepEqual(injected(text), plain(text));
  });

  test('reads JSON with comments the same', () => {
    const text = '{ // comment\n "connector": "2.0",\n "model": /* which */ "claude/opus" }';
    assert.deepEqual(
      injectedJsonc(text)
        .filter(token => token.scopes.some(isOurs))
        .map(token => token.text),
      ['claude', '/', 'opus'],
    );
  });

  test('knows the CLIs and models that need no configuration', () => {
    const source = readFileSync(injectionFile, 'utf8');
    const names = [...builtInAdapters, ...modelShorthands.keys()].join('|');
    assert.ok(source.includes(`(?:${names})`), `the grammar should name ${names}`);
  });

  test('is contributed to JSON with and without comments', () => {
    const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const [grammar] = contributes.grammars;
    assert.equal(join(root, grammar.path), injectionFile);
    assert.equal(grammar.scopeName, JSON.parse(readFileSync(injectionFile, 'utf8')).scopeName);
    assert.deepEqual(grammar.injectTo, ['source.json', 'source.json.comments']);
  });

  test('ends with the object of the file', () => {
    const text = '{ "connector": "2.0" }\n{ "model": "claude" }';
    assert.deepEqual(
      injected(text).filter(token => token.line === 1 && token.scopes.some(isOurs)),
      [],
    );
  });

  test('keeps what follows an unclosed text out of it', () => {
    const text =
      '{ "connector": "2.0", "pipeline": { "phases": [{ "prompt": "**bold and `code", "model": "opus" }] } }';
    const model = injected(text).find(token => token.text === 'opus');
    assert.equal(model?.scopes.at(-1), 'support.class.agent.connector');
  });
});

/** Files that are connector files and say so. */
function connectorFiles(): readonly string[] {
  const inFolder = (folder: string, end: string) =>
    readdirSync(join(root, folder))
      .filter(name => name.endsWith(end) && !name.endsWith('.workflow.json'))
      .map(name => join(folder, name));
  return [
    ...inFolder('examples', '.connector.json'),
    ...inFolder('test/fixtures/connector/published', '.json'),
    ...inFolder('test/fixtures/syntaxes', '.json'),
  ].filter(file => /^\s*"connector":/m.test(readFileSync(join(root, file), 'utf8')));
}

function isOurs(scope: string): boolean {
  return scope.endsWith('.connector') || scope.endsWith('.markdown');
}

/** Each line of the text, and under it what the grammar adds to plain JSON. */
function show(text: string, tokens: readonly Token[]): string {
  const lines = text.split('\n').map((content, line) => {
    const notes = tokens
      .filter(token => token.line === line)
      .flatMap(({ start, end, scopes }) => {
        const ours = scopes.filter(isOurs).filter(scope => scope !== 'meta.embedded.prompt.connector');
        if (ours.length === 0) return [];
        return [`${' '.repeat(start + 1)}${'^'.repeat(Math.max(end - start, 1))} ${ours.join(' ')}`];
      });
    return [`>${content}`, ...notes].join('\n');
  });
  return `${lines.join('\n')}\n`;
}

/** Places whose scopes do not contain those of plain JSON in their order: themes that go by nesting would miss them. */
function lostScopes(before: readonly Token[], after: readonly Token[]): readonly string[] {
  return after.flatMap(token => {
    const original = before.find(
      ({ line, start, end }) => line === token.line && start <= token.start && token.start < Math.max(end, 1),
    );
    return original === undefined || isSubsequence(original.scopes, token.scopes)
      ? []
      : [`${token.line + 1}: «${token.text}» ${token.scopes.join(' ')} lacks ${original.scopes.join(' ')}`];
  });
}

function isSubsequence(wanted: readonly string[], given: readonly string[]): boolean {
  let at = 0;
  for (const scope of given) if (scope === wanted[at]) at++;
  return at === wanted.length;
}
