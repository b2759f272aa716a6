import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { geminiUsage } from '../../../runtime/agents/gemini-usage.ts';
import { claudeTerminal } from '../../../runtime/agents/terminal/claude.ts';
import { codexTerminal } from '../../../runtime/agents/terminal/codex.ts';
import { geminiTerminal } from '../../../runtime/agents/terminal/gemini.ts';
import { qwenTerminal } from '../../../runtime/agents/terminal/qwen.ts';
import type { ChannelRecord, TerminalCli, UseFact } from '../../../runtime/agents/terminal/terminal-cli.ts';
import { NotedUsage } from '../../../runtime/agents/usage-notes.ts';

const folder = fileURLToPath(new URL('../../fixtures/conversations/', import.meta.url));

/** What a CLI says was used, by its recorded conversation: two turns, of one request and of two. */
function usesIn(
  cli: TerminalCli,
  file: string,
  channel: ChannelRecord['channel'] = 'transcript',
): readonly UseFact[] {
  const lines = readFileSync(`${folder}${file}.jsonl`, 'utf8').trim().split('\n');
  return lines.flatMap(line => cli.read({ channel, data: JSON.parse(line) }).uses ?? []);
}

function sumOf(uses: readonly UseFact[]) {
  const noted = new NotedUsage();
  return uses.reduce<object>((sum, use) => (use.kind === 'used' ? noted.add(use) : sum), {});
}

function modelsOf(uses: readonly UseFact[]) {
  return [...new Set(uses.map(use => use.model))].filter(model => model !== undefined);
}

const whole = { inputTokens: 6000, outputTokens: 180, cacheReadTokens: 900 };

suite('what a conversation used, by the CLI’s own notes', () => {
  test('is counted once for each message of claude, whose parts all tell it', () => {
    const uses = usesIn(claudeTerminal, 'claude');
    assert.equal(uses.length, 4);
    assert.deepEqual(sumOf(uses), { ...whole, cacheWriteTokens: 0 });
    assert.deepEqual(modelsOf(uses), ['claude-opus-5-5']);
  });

  test('is that of claude’s sub-agents, too, in files beside its own', () => {
    const file = '/home/me/.claude/projects/p/1234.jsonl';
    const place = { folder: '/run', cwd: '/p', env: {}, platform: 'linux' } as const;
    const channels = claudeTerminal.transcriptChannels?.(file, place);
    assert.deepEqual(channels, [
      { kind: 'lines', file },
      { kind: 'line-files', dir: '/home/me/.claude/projects/p/1234/subagents' },
    ]);
    const { inputTokens } = { inputTokens: 0, ...sumOf(usesIn(claudeTerminal, 'claude-subagent')) };
    assert.equal(inputTokens, 111);
  });

  test('is not what claude says itself, in no model’s name', () => {
    const message = { id: 'm', model: '<synthetic>', usage: { input_tokens: 0, output_tokens: 0 } };
    assert.deepEqual(
      claudeTerminal.read({ channel: 'transcript', data: { type: 'assistant', message } }).uses,
      [],
    );
  });

  test('is counted once for each request of codex, which tells it again when a limit changes', () => {
    const uses = usesIn(codexTerminal, 'codex');
    assert.equal(uses.filter(({ kind }) => kind === 'used').length, 4);
    assert.deepEqual(sumOf(uses), { ...whole, cacheWriteTokens: 0 });
    assert.deepEqual(modelsOf(uses), ['gpt-6-sol']);
  });

  test('is counted once for each message of gemini, which writes it again after its tool calls', () => {
    const uses = usesIn(geminiTerminal, 'gemini');
    assert.equal(uses.length, 4);
    assert.deepEqual(sumOf(uses), whole);
    assert.deepEqual(modelsOf(uses), ['gemini-2.5-pro']);
  });

  test('is that of gemini’s thoughts, too', () => {
    const tokens = { input: 10, output: 5, cached: 0, thoughts: 100 };
    const data = { id: 'a', type: 'gemini', content: 'Hm.', tokens };
    const [use] = geminiTerminal.read({ channel: 'transcript', data }).uses ?? [];
    assert.ok(use?.kind === 'used');
    assert.equal(use.usage.outputTokens, 105);
    // Headless, only the total has them.
    const stats = { input: 10, input_tokens: 10, output_tokens: 5, total_tokens: 115, cached: 0 };
    assert.equal(geminiUsage(stats)?.outputTokens, 105);
  });

  test('is counted once for each message of qwen, whose last part tells it', () => {
    const uses = usesIn(qwenTerminal, 'qwen', 'lines');
    assert.equal(uses.length, 3);
    assert.deepEqual(sumOf(uses), whole);
    assert.deepEqual(modelsOf(uses), ['fake-model']);
  });

  test('is that of qwen’s sub-agents, too, though they end no turn', () => {
    const usage = { input_tokens: 7, output_tokens: 3 };
    const message = { content: [{ type: 'text', text: 'Found it.' }], usage };
    const data = { type: 'assistant', uuid: 'u', parent_tool_use_id: 'call', message };
    const { claims, uses } = qwenTerminal.read({ channel: 'lines', data });
    assert.deepEqual(claims, []);
    assert.deepEqual(sumOf(uses ?? []), { inputTokens: 7, outputTokens: 3, cacheReadTokens: 0 });
  });
});

test('a figure that one message does not tell is unknown of all', () => {
  const noted = new NotedUsage();
  noted.add({ id: '1', usage: { inputTokens: 1, outputTokens: 1 } });
  assert.deepEqual(noted.add({ id: '2', usage: { inputTokens: 2 } }), { inputTokens: 3 });
});
