import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { config } from '@vscode/l10n';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import {
  type CodeLens,
  type CompletionList,
  type Diagnostic,
  type DocumentDiagnosticReport,
  LSPErrorCodes,
} from 'vscode-languageserver';
import { declaredAgentSchema } from '../../../runtime/agents/declared.ts';
import type { UserFacts } from '../../../server/facts.ts';
import { testUri } from '../../support/cursor.ts';
import { LspPair } from '../../support/lsp-pair.ts';
import { eventually } from '../../support/wait.ts';

const textDocument = { uri: testUri };
const good = '{ "connector": "2.0", "models": { "primary": "claude" } }';
const bad = good.replace('claude', 'clade');

const literals = { codeActionKind: { valueSet: ['quickfix', 'refactor'] } };

const codesOf = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code);

describe('diagnostics over the protocol', () => {
  it('are sent to clients that do not ask for them', async () => {
    using pair = await LspPair.start();
    await pair.open(bad);
    assert.deepEqual(codesOf((await pair.diagnosticsOf(1)).diagnostics), ['unknown-alias']);
    await pair.change(2, [{ text: good }]);
    assert.deepEqual((await pair.diagnosticsOf(2)).diagnostics, []);
    assert.equal(pair.initialized.capabilities.diagnosticProvider, undefined);
  });

  it('are never sent to clients that ask', async () => {
    using pair = await LspPair.start({ capabilities: { textDocument: { diagnostic: {} } } });
    await pair.open(bad);
    const report = await pair.request<{ readonly items: Diagnostic[] }>('textDocument/diagnostic', {
      textDocument,
    });
    assert.deepEqual(codesOf(report.items), ['unknown-alias']);
    // Whatever was to be sent would have been scheduled before this second answer.
    await pair.request('textDocument/diagnostic', { textDocument });
    assert.deepEqual(pair.published, []);
  });

  it('are kept by clients under a name of their own, beside those of other servers', async () => {
    using pair = await LspPair.start({ capabilities: { textDocument: { diagnostic: {} } } });
    assert.equal(pair.initialized.capabilities.diagnosticProvider?.identifier, 'connector.json');
  });

  it('are not sent again to clients that have them already', async () => {
    using pair = await LspPair.start({ capabilities: { textDocument: { diagnostic: {} } } });
    await pair.open(bad);
    const ask = (previousResultId?: string) =>
      pair.request<DocumentDiagnosticReport>('textDocument/diagnostic', { textDocument, previousResultId });
    const first = await ask();
    assert.equal(first.kind, 'full');
    assert.deepEqual(await ask(first.resultId), { kind: 'unchanged', resultId: first.resultId });
    assert.equal((await ask('of another time')).kind, 'full');
    await pair.change(2, [{ text: good }]);
    const after = await ask(first.resultId);
    assert.deepEqual(after.kind === 'full' && after.items, []);
  });

  it('wait at first for the adapters that the user has configured', async () => {
    const mine = declaredAgentSchema.parse({ command: ['mine', '{prompt}'] });
    const known: UserFacts = { agents: { mine }, machines: [] };

    let user: UserFacts | undefined;
    const listeners: (() => void)[] = [];
    const facts = {
      user: () => user,
      onDidChange: (listener: () => void) => void listeners.push(listener),
      settled: async () => {
        user = known;
        for (const listener of listeners) listener();
      },
    };
    using pair = await LspPair.start({ capabilities: { textDocument: { diagnostic: {} } }, facts });
    await pair.open(good.replace('claude', 'mine'));
    const report = await pair.request<{ readonly items: Diagnostic[] }>('textDocument/diagnostic', {
      textDocument,
    });
    assert.deepEqual(codesOf(report.items), []);
  });

  it('go when the document is closed', async () => {
    using pair = await LspPair.start();
    await pair.open(bad);
    await pair.diagnosticsOf(1);
    await pair.client.sendNotification('textDocument/didClose', { textDocument });
    const last = await eventually(() => pair.published.find(({ version }) => version === undefined), {
      what: 'empty diagnostics',
      seen: () => pair.published,
    });
    assert.deepEqual(last.diagnostics, []);
  });

  it('follow the settings at once', async () => {
    let rules: object = {};
    using pair = await LspPair.start({
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
      },
      configuration: () => ({ rules }),
    });
    await pair.open('{ "models": { "primary": "claude" } }');
    assert.deepEqual(codesOf((await pair.diagnosticsOf(1)).diagnostics), ['missing-version']);
    rules = { 'missing-version': 'off' };
    await pair.client.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await eventually(() => pair.published.at(-1)?.diagnostics.length === 0, {
      what: 'diagnostics without the rule',
      seen: () => pair.published,
    });
  });

  it('are not asked for where the client says nothing of changes of its configuration', async () => {
    using pair = await LspPair.start({ capabilities: { workspace: { configuration: true } } });
    // Registrations come before this question.
    await eventually(() => pair.asked.includes('workspace/configuration') || undefined, {
      what: 'the question for the configuration',
      seen: () => pair.asked,
    });
    assert.ok(!pair.asked.includes('client/registerCapability'));
  });

  it('are not made for JSON files of other kinds', async () => {
    using pair = await LspPair.start();
    await pair.open('{ "name": }', 'file:///project/package.json');
    await pair.open(bad, 'file:///project/found.json');
    await pair.diagnosticsOf(1, 'file:///project/found.json');
    assert.deepEqual([...new Set(pair.published.map(({ uri }) => uri))], ['file:///project/found.json']);
    const items = await pair.request<CompletionList>('textDocument/completion', {
      textDocument: { uri: 'file:///project/package.json' },
      position: { line: 0, character: 10 },
    });
    assert.deepEqual(items.items, []);
  });
});

describe('text synchronisation', () => {
  it('applies several changes of one message in their order', async () => {
    using pair = await LspPair.start();
    await pair.open('ab\r\n');
    const at = (line: number, character: number) => ({ line, character });
    await pair.change(2, [
      { range: { start: at(0, 0), end: at(0, 2) }, text: bad },
      { range: { start: at(0, 45), end: at(0, 52) }, text: '"claude"' },
    ]);
    const { diagnostics } = await pair.diagnosticsOf(2);
    const snapshotOffset = bad.indexOf('"clade"');
    assert.equal(snapshotOffset, 45);
    assert.deepEqual(diagnostics, []);
  });

  for (const [encoding, width] of [
    ['utf-8', 4],
    ['utf-16', 2],
    ['utf-32', 1],
  ] as const) {
    it(`counts in ${encoding} where client and server agreed on it`, async () => {
      using pair = await LspPair.start({ capabilities: { general: { positionEncodings: [encoding] } } });
      assert.equal(pair.initialized.capabilities.positionEncoding, encoding);
      const before = '{ "connector": "2.0", "description": "';
      await pair.open(`${before}", "models": { "primary": "clade" } }`);
      const at = { line: 0, character: before.length };
      await pair.change(2, [{ range: { start: at, end: at }, text: '😀' }]);
      const inserted = { line: 0, character: before.length + width };
      await pair.change(3, [{ range: { start: inserted, end: inserted }, text: '!' }]);
      const [only] = (await pair.diagnosticsOf(3)).diagnostics;
      const expected = before.length + '!", "models": { "primary": '.length + width;
      assert.equal(only?.range.start.character, expected);
    });
  }
});

describe('the guard around features', () => {
  it('offers the other code actions when one kind fails', async () => {
    const facts = {
      fileState: () => {
        throw new Error('no facts today');
      },
    };
    const capabilities = { textDocument: { codeAction: { codeActionLiteralSupport: literals } } };
    using pair = await LspPair.start({ facts, capabilities });
    const text = `{ "connector": "2.0", "models": { "primary": "claude" }, "pipeline": { "phases": [{ "workers": 2, "prompt_file": "x.md" }] } }`;
    await pair.open(text);
    const character = text.indexOf('"workers"') + 2;
    const range = { start: { line: 0, character }, end: { line: 0, character } };
    const found = await pair.request<readonly { readonly kind: string }[]>('textDocument/codeAction', {
      textDocument,
      range,
      context: { diagnostics: [] },
    });
    assert.ok(found.some(({ kind }) => kind.startsWith('refactor')));
    const logged = await eventually(() => pair.log.find(line => line.includes('quick fixes failed')), {
      what: 'the failure in the log',
      seen: () => pair.log,
    });
    assert.match(logged, /no facts today/);
  });

  it('keeps the server alive when a feature fails, says so, and answers with nothing', async () => {
    using pair = await LspPair.start({
      facts: {
        program: () => {
          throw new Error('the disk is on fire');
        },
      },
    });
    await pair.open(good);
    const position = { line: 0, character: good.indexOf('claude') + 1 };
    const hover = await pair.request('textDocument/hover', { textDocument, position });
    assert.equal(hover, null);
    await eventually(() => pair.log.some(message => message.includes('the disk is on fire')), {
      what: 'the failure in the log',
      seen: () => pair.log,
    });
    const folding = await pair.request<readonly unknown[]>('textDocument/codeLens', { textDocument });
    assert.ok(Array.isArray(folding));
  });

  it('speaks the language of a client that sends its texts', async () => {
    const translations = { 'Run from here': 'Ab hier ausführen', Plan: 1 };
    using pair = await LspPair.start({ initializationOptions: { translations } });
    try {
      await pair.open('{ "pipeline": { "phases": [{ "name": "a", "prompt": "x" }] } }');
      const lenses = await pair.request<readonly CodeLens[]>('textDocument/codeLens', { textDocument });
      assert.deepEqual(
        lenses.map(lens => lens.command?.title),
        ['▶ Run', 'Plan', '▶ Run phase', 'Ab hier ausführen'],
      );
    } finally {
      // The texts are those of the process.
      config({ contents: {} });
    }
  });

  it('answers a cancelled request as cancelled', async () => {
    using pair = await LspPair.start();
    await pair.open(good);
    const source = new CancellationTokenSource();
    const answer = pair.client.sendRequest(
      'textDocument/completion',
      { textDocument, position: { line: 0, character: 1 } },
      source.token,
    );
    source.cancel();
    await assert.rejects(answer, { code: LSPErrorCodes.RequestCancelled });
  });

  it('answers nothing for a text that has changed meanwhile', async () => {
    let release = (): void => undefined;
    const waiting = new Promise<void>(resolve => {
      release = resolve;
    });
    let isAsked = false;
    using pair = await LspPair.start({
      facts: {
        pending: 1,
        settled: () => {
          isAsked = true;
          return waiting;
        },
      },
    });
    await pair.open(good);
    const position = { line: 0, character: good.indexOf('claude') + 1 };
    const answer = pair.request('textDocument/hover', { textDocument, position });
    await eventually(() => isAsked, { what: 'the hover to wait for facts' });
    await pair.change(2, [{ text: bad }]);
    await pair.diagnosticsOf(2);
    const rejected = assert.rejects(answer, { code: LSPErrorCodes.ContentModified });
    release();
    await rejected;
  });
});
