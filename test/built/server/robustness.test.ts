import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LSPErrorCodes } from 'vscode-languageserver';
import { LspProcess, pulling } from '../../support/lsp-process.ts';
import { everyRequest } from '../../support/lsp-requests.ts';
import { askEverything, serverArgv, uri, withPhase } from './built-server.ts';

/** Texts that editors hand out and that nobody wrote by hand. */
const hardTexts: Readonly<Record<string, () => string>> = {
  'a file of 5 MB': () => {
    const phase = '{ "name": "p", "model": "smart", "prompt": "Read {answers.plan} and {task}" }';
    const phases = Array.from({ length: 65_000 }, (_, index) => phase.replace('"p"', `"p${index}"`));
    return withPhase(phases.join(',\n'));
  },
  'one text of 5 MB': () => withPhase(`{ "prompt": "${'{task} **x** \\n'.repeat(350_000)}" }`),
  '10,000 lists in each other': () => withPhase(`${'['.repeat(10_000)}${']'.repeat(10_000)}`),
  '10,000 objects that nobody closed': () => `{ "connector": "2.0", "a": ${'{"a":'.repeat(10_000)}`,
  'git conflict markers': () =>
    withPhase('<<<<<<< HEAD\n{ "model": "smart" }\n=======\n{ "model": "fast" }\n>>>>>>> theirs'),
  nothing: () => '',
  'a zero byte and half a surrogate pair': () => withPhase('{ "name": "\u0000", "prompt": "\ud83d" }'),
};

describe('the built language server', () => {
  for (const [what, textOf] of Object.entries(hardTexts)) {
    test(`answers every request about ${what}`, async () => {
      await using server = new LspProcess(serverArgv());
      const { capabilities } = await server.initialize({ capabilities: pulling() });
      await server.open(uri, textOf());
      for (const position of [
        { line: 0, character: 1 },
        { line: 5, character: 20 },
      ]) {
        assert.ok((await askEverything(server, capabilities, position)) > 0);
      }
      const report = await server.request<{ readonly kind: string }>('textDocument/diagnostic', {
        textDocument: { uri },
      });
      assert.equal(report.kind, 'full');
      assert.deepEqual(failures(server), []);
    });
  }

  test('outlives requests that a feature cannot read, and answers the next ones', async () => {
    await using server = new LspProcess(serverArgv());
    const { capabilities } = await server.initialize({ capabilities: pulling() });
    await server.open(uri, withPhase('{ "model": "smart" }'));
    const position = { line: 4, character: 32 };
    const range = { start: position, end: position };
    for (const { method } of everyRequest(capabilities, { uri, position, range })) {
      // No position, no range, no options: features that need one fail.
      await server.request(method, { textDocument: { uri } }).catch(() => undefined);
      await server
        .request(method, { textDocument: { uri }, position: 'here', range: 3 })
        .catch(() => undefined);
    }
    assert.ok((await askEverything(server, capabilities, position)) > 0);
    assert.notEqual(await server.request('textDocument/hover', { textDocument: { uri }, position }), null);
  });

  test('keeps answering while a document changes at every request', async () => {
    await using server = new LspProcess(serverArgv());
    const { capabilities } = await server.initialize({ capabilities: pulling() });
    await server.open(uri, withPhase('{ "prompt": "" }'));
    const position = { line: 5, character: 17 };
    const range = { start: position, end: position };
    const answers: Promise<unknown>[] = [];
    for (const { method, params } of everyRequest(capabilities, { uri, position, range })) {
      answers.push(server.request(method, params).catch((error: { code?: number }) => error.code));
      await server.change(uri, [{ range, text: 'x' }]);
    }
    const codes = (await Promise.all(answers)).filter(answer => typeof answer === 'number');
    const excuses: readonly number[] = [
      LSPErrorCodes.RequestCancelled,
      LSPErrorCodes.ContentModified,
      LSPErrorCodes.ServerCancelled,
      // There is nothing to rename.
      LSPErrorCodes.RequestFailed,
    ];
    assert.deepEqual(
      codes.filter(code => !excuses.includes(code)),
      [],
    );
    assert.ok((await askEverything(server, capabilities, position)) > 0);
    assert.deepEqual(failures(server), []);
  });
});

/** What the server itself calls an error. */
function failures(server: LspProcess): readonly string[] {
  return server.log.filter(({ type }) => type === 1).map(({ message }) => message);
}
