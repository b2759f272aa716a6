import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { renderRulesPage } from '../../../runtime/analysis/rules-page.ts';
import type { WorkspaceFacts } from '../../../server/facts.ts';
import { diagnostics } from '../../../server/features/diagnostics.ts';
import { type ContextParts, contextOf, markRanges, snapshotOf } from '../../support/cursor.ts';

const ableToShow: ContextParts['client'] = {
  textDocument: {
    publishDiagnostics: {
      relatedInformation: true,
      tagSupport: { valueSet: [DiagnosticTag.Unnecessary] },
      codeDescriptionSupport: true,
    },
  },
};

function diagnose(text: string, parts: ContextParts = {}, languageId = 'json') {
  const snapshot = snapshotOf(text);
  return diagnostics({ ...withLanguage(snapshot, languageId) }, {}, contextOf(parts));
}

/** A snapshot as if the editor had opened it under another language. */
function withLanguage(snapshot: ReturnType<typeof snapshotOf>, languageId: string) {
  const { uri, version, text, kind, analysis, positions, document } = snapshot;
  return {
    uri,
    version,
    languageId,
    text,
    kind,
    analysis,
    positions,
    document,
    once: snapshot.once.bind(snapshot),
  };
}

const codes = (text: string, parts?: ContextParts, languageId?: string) =>
  diagnose(text, parts, languageId).map(({ code }) => code);

const file = (rest: string) => `{ "connector": "2.0", ${rest} }`;

describe('diagnostics', () => {
  it('have the codes, texts and ranges of the analysis', () => {
    const text = file('"models": { "primary": "clade" }');
    const [first, ...others] = diagnose(text);
    assert.ok(first && others.length === 0);
    const snapshot = snapshotOf(text);
    assert.equal(
      markRanges(text, [snapshot.positions.offsetsOf(first.range)]),
      text.replace('"clade"', '«"clade"»'),
    );
    assert.equal(first.message, snapshot.analysis.diagnostics[0]?.message);
    assert.equal(first.severity, DiagnosticSeverity.Error);
  });

  it('carry related places, tags and links for clients that show them, and none for others', () => {
    const text = file('"models": { "primary": "claude", "idle": "codex" }, "task": "a", "task": "b"');
    const settings = { rulesPage: 'https://example.com/rules.md' };
    const shown = diagnose(text, { client: ableToShow, settings });
    const duplicate = shown.find(({ code }) => code === 'duplicate-key');
    assert.equal(duplicate?.relatedInformation?.[0]?.message, '"task" again');
    assert.equal(duplicate?.codeDescription?.href, 'https://example.com/rules.md#duplicate-key');
    assert.deepEqual(shown.find(({ code }) => code === 'unused-alias')?.tags, [DiagnosticTag.Unnecessary]);
    for (const plain of diagnose(text, { client: {}, settings })) {
      assert.ok(!('relatedInformation' in plain || 'tags' in plain || 'codeDescription' in plain));
    }
  });

  it('leave JSON itself to the editor that has support for it', () => {
    const text =
      '{ "connector": "2.0", "models": { "primary": "clade", }, "task": "a", "task": "b" /* x */ } }';
    const parts = { settings: { schemaFeatures: false } };
    assert.deepEqual(codes(text, parts), ['unknown-alias']);
    assert.deepEqual(codes(text, parts, 'jsonc'), ['unknown-alias', 'comment']);
    for (const code of ['syntax', 'trailing-comma', 'duplicate-key', 'comment']) {
      assert.ok(codes(text).includes(code), code);
    }
  });
});

describe('diagnostics about the machine', () => {
  const model = file('"models": { "primary": "codex" }');
  const missing: Partial<WorkspaceFacts> = { program: () => ({ kind: 'not-found' }) };

  it('hint at a CLI that is not installed', () => {
    const [only] = diagnose(model, { facts: missing });
    assert.equal(only?.severity, DiagnosticSeverity.Hint);
    assert.equal(only?.message, '"codex" is not installed here.');
  });

  it('say nothing that is not known', () => {
    const text = file(
      '"models": { "primary": "codex" }, "tools": { "mcp": ["x"] }, "agent": { "flow": "a.md" }',
    );
    assert.deepEqual(codes(text), []);
  });

  it('link to the page of rules, and can be turned off, like those of rules', () => {
    const settings = { rulesPage: 'https://example.com/rules.md' };
    const unset = { mcpServers: () => [], userMcpServers: () => [], fileState: () => 'missing' as const };
    const text = file(
      '"models": { "primary": "codex" }, "tools": { "mcp": ["x"] }, "agent": { "flow": "a.md" }',
    );
    const found = diagnose(text, { facts: { ...missing, ...unset }, settings, client: ableToShow });
    const links = found.map(({ code, codeDescription }) => [code, codeDescription?.href]);
    assert.deepEqual(
      links,
      ['not-installed', 'unknown-mcp-server', 'missing-file'].map(code => [
        code,
        `${settings.rulesPage}#${code}`,
      ]),
    );
    for (const { code } of found) assert.match(renderRulesPage(), new RegExp(`^## ${code}$`, 'm'));
  });

  it('are set by the settings like those of rules', () => {
    assert.deepEqual(codes(model, { facts: missing, settings: { rules: { 'not-installed': 'off' } } }), []);
    const [only] = diagnose(model, { facts: missing, settings: { rules: { 'not-installed': 'warning' } } });
    assert.equal(only?.severity, DiagnosticSeverity.Warning);
  });

  it('report files that are not there', () => {
    const facts: Partial<WorkspaceFacts> = {
      fileState: uri =>
        uri.endsWith('/there.md') ? 'file' : uri.endsWith('/folder') ? 'directory' : 'missing',
    };
    const phase = (path: string) =>
      file(`"models": { "primary": "claude" }, "pipeline": { "phases": [{ "prompt_file": "${path}" }] }`);
    const messages = (path: string) => diagnose(phase(path), { facts }).map(({ message }) => message);
    assert.deepEqual(messages('there.md'), []);
    assert.deepEqual(messages('gone.md'), ['There is no file "gone.md".']);
    assert.deepEqual(messages('folder'), ['"folder" is a folder; a file is needed here.']);
  });

  it('warn of MCP servers nobody knows, with the nearest one', () => {
    const place = { uri: 'file:///project/.mcp.json', range: { start: 0, end: 0 }, text: '' };
    const facts = { mcpServers: () => [{ name: 'github', ...place }], userMcpServers: () => [] };
    const text = file('"models": { "primary": "claude" }, "tools": { "mcp": ["github", "githb"] }');
    const [only, ...others] = diagnose(text, { facts });
    assert.equal(others.length, 0);
    assert.equal(only?.severity, DiagnosticSeverity.Warning);
    assert.match(String(only?.message), /"githb" is known here\. Did you mean "github"\?/);
  });

  it('hint at a machine only when neither configuration nor ssh knows it', () => {
    const text = file(
      '"task": "t", "models": { "primary": "claude" }, "pipeline": { "phases": [{ "machine": "box" }] }',
    );
    assert.deepEqual(codes(text), ['unknown-machine']);
    assert.deepEqual(codes(text, { facts: { sshHosts: () => ['box'] } }), []);
    assert.deepEqual(codes(text, { facts: { sshHosts: () => undefined } }), []);
    assert.deepEqual(codes(text, { facts: { user: () => ({ agents: {}, machines: ['box'] }) } }), []);
  });
});
