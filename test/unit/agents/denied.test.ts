/** Refused tools as the real CLIs tell of them (codex 0.169.0, gemini 0.61.0, opencode 1.18.33, qwen 0.24.4). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TurnReader, TurnRequest } from '../../../runtime/agents/adapter.ts';
import { createCodexReader } from '../../../runtime/agents/codex-reader.ts';
import { createGeminiReader } from '../../../runtime/agents/gemini-reader.ts';
import { createOpencodeReader } from '../../../runtime/agents/opencode-reader.ts';
import { createQwenReader } from '../../../runtime/agents/qwen-reader.ts';

const request: TurnRequest = {
  ...{ prompt: '', promptFile: '', filesDir: '', permission: 'edit', args: [], program: '' },
  platform: 'linux',
};

/** Tools that were refused, and how the turn ended. */
function read(reader: TurnReader, ...lines: readonly object[]) {
  const events = reader.feed(lines.map(line => `${JSON.stringify(line)}\n`).join(''));
  const outcome = reader.end({ code: 0, signal: null }, '');
  return {
    denied: events.flatMap(event => (event.kind === 'denied' ? [event.tool] : [])),
    end: outcome.kind === 'failed' ? outcome.reason.kind : outcome.kind,
  };
}

suite('a refused tool', () => {
  const said = [
    { type: 'message', role: 'assistant', content: 'I could not.', delta: true },
    { type: 'result', status: 'success' },
  ];
  const geminiCall = (tool: string, error: object) => [
    { type: 'tool_use', tool_name: tool, tool_id: 'a', parameters: {} },
    { type: 'tool_result', tool_id: 'a', status: 'error', error },
    ...said,
  ];

  test('that gemini does not offer is told when the model calls it all the same', () => {
    const error = {
      type: 'tool_not_registered',
      message: 'Tool "run_shell_command" not found. Did you mean one of: "update_topic"?',
    };
    const told = read(createGeminiReader(request), ...geminiCall('run_shell_command', error));
    assert.deepEqual(told, { denied: ['run_shell_command'], end: 'permission_denied' });
    const typo = read(createGeminiReader(request), ...geminiCall('run_shel', error));
    assert.deepEqual(typo, { denied: [], end: 'answered' });
  });

  test('is told where gemini would leave its workspace', () => {
    const error = {
      type: 'invalid_tool_params',
      message:
        'Path not in workspace: Attempted path "/etc/x" resolves outside the allowed workspace directories',
    };
    const told = read(createGeminiReader(request), ...geminiCall('write_file', error));
    assert.deepEqual(told, { denied: ['write_file'], end: 'permission_denied' });
  });

  const finish = (reason: string) => ({ type: 'step_finish', part: { reason } });
  const opencodeSaid = [{ type: 'text', part: { text: 'I could not.' } }, finish('stop')];

  test('that opencode does not offer is told when the model calls it all the same', () => {
    const call = (tool: string) => ({
      type: 'tool_use',
      part: { tool: 'invalid', state: { status: 'completed', input: { tool }, output: 'unavailable' } },
    });
    const told = read(createOpencodeReader(request), call('bash'), finish('tool-calls'), ...opencodeSaid);
    assert.deepEqual(told, { denied: ['bash'], end: 'permission_denied' });
    const typo = read(createOpencodeReader(request), call('bsh'), finish('tool-calls'), ...opencodeSaid);
    assert.deepEqual(typo, { denied: [], end: 'answered' });
  });

  test('is told where opencode rejects it', () => {
    const error = 'The user rejected permission to use this specific tool call.';
    const call = { type: 'tool_use', part: { tool: 'write', state: { status: 'error', input: {}, error } } };
    const told = read(createOpencodeReader(request), call, finish('tool-calls'));
    assert.deepEqual(told, { denied: ['write'], end: 'permission_denied' });
  });

  test('is told where qwen declines it', () => {
    const use = { type: 'tool_use', id: 'a', name: 'run_shell_command', input: {} };
    const content =
      'Qwen Code requires permission to use "run_shell_command", but that permission was declined. Matching deny rule: "run_shell_command".';
    const told = read(
      createQwenReader(request),
      { type: 'assistant', message: { content: [use] } },
      {
        type: 'user',
        message: { content: [{ type: 'tool_result', tool_use_id: 'a', is_error: true, content }] },
      },
      { type: 'result', subtype: 'success', is_error: false, result: 'I could not.' },
    );
    assert.deepEqual(told, { denied: ['run_shell_command'], end: 'permission_denied' });
  });

  test('is told where codex’s sandbox keeps a command from writing, and fails no turn: it may have done all else', () => {
    const command = {
      type: 'item.completed',
      item: {
        type: 'command_execution',
        aggregated_output: '/bin/bash: line 1: /etc/x: Read-only file system\n',
        exit_code: 1,
        status: 'failed',
      },
    };
    const lines = [
      command,
      { type: 'item.completed', item: { type: 'agent_message', text: 'I could not.' } },
      { type: 'turn.completed', usage: {} },
    ];
    assert.deepEqual(read(createCodexReader(request), ...lines), { denied: ['shell'], end: 'answered' });
    const full = createCodexReader({ ...request, permission: 'full' });
    assert.deepEqual(read(full, ...lines), { denied: [], end: 'answered' });
  });
});
