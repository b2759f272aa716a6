/** What the real CLIs told of failed requests while they ran in their terminals (codex 0.169.0, gemini 0.61.0, qwen 0.24.4). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claudeTerminal } from '../../../runtime/agents/terminal/claude.ts';
import { codexTerminal } from '../../../runtime/agents/terminal/codex.ts';
import { geminiTerminal } from '../../../runtime/agents/terminal/gemini.ts';
import { qwenTerminal } from '../../../runtime/agents/terminal/qwen.ts';

describe('a request that failed', () => {
  test('is tried again by codex, as its log says, after a time that it names', () => {
    const data =
      '2026-11-23T00:40:17.378163Z  WARN codex_core::responses_retry: stream disconnected - retrying sampling request (1/5 in 299.998450752s)... turn_id=01a retries=1 max_retries=5 sampling_error=exceeded retry limit, last status: 429 Too Many Requests';
    assert.deepEqual(codexTerminal.read({ channel: 'log', data }).facts, [
      {
        ...{ kind: 'retrying', attempt: 1, delayMs: 299_998 },
        message: 'exceeded retry limit, last status: 429 Too Many Requests',
      },
    ]);
    const soon = data.replace('299.998450752s', '203.5ms');
    assert.equal(
      JSON.stringify(codexTerminal.read({ channel: 'log', data: soon })).includes('"delayMs":204'),
      true,
    );
  });

  test('ends a turn of codex, as its rollout file says', () => {
    const error = { message: 'We’re currently experiencing high demand.', codex_error_info: 'internal' };
    const payload = { type: 'task_complete', last_agent_message: null, error };
    const line = { timestamp: '2026-11-23T00:15:56.144Z', type: 'event_msg', payload };
    assert.deepEqual(codexTerminal.read({ channel: 'transcript', data: line }).facts, [
      { kind: 'failure', message: 'We’re currently experiencing high demand.' },
    ]);
    const good = { ...line, payload: { ...payload, error: null } };
    assert.deepEqual(codexTerminal.read({ channel: 'transcript', data: good }).facts, []);
  });

  test('is tried again by gemini, or ends its turn, as its log says', () => {
    const error = '_ApiError: {"error":{"code":429,"message":"No room","status":"RESOURCE_EXHAUSTED"}}';
    const factsOf = (data: string) => geminiTerminal.read({ channel: 'log', data }).facts;
    const [retry] = factsOf(
      `[2026-11-23T00:23:40.068Z] [WARN] Attempt 1 failed with status 429. Retrying after 300000ms... ${error}`,
    );
    assert.deepEqual(retry, {
      ...{ kind: 'retrying', attempt: 1, delayMs: 300_000, status: 429 },
      ...{ message: 'No room', context: 'Retrying after 300000ms' },
    });
    const [failure] = factsOf(
      `[2026-11-23T00:23:08.855Z] [ERROR] Error when talking to Gemini API Full report available at: /t/r.json ${error}`,
    );
    assert.deepEqual(failure, { kind: 'failure', message: 'No room', status: 429 });
    assert.deepEqual(factsOf('[2026-11-23T00:23:07.251Z] [WARN] YOLO mode is enabled.'), []);
  });

  test('is noted by qwen in the file of its conversation, which its first event names', () => {
    const data = { cwd: '/home/me/p.x', version: '0.24.4' };
    const start = { type: 'system', subtype: 'session_start', session_id: 'abc', data };
    const [file] = qwenTerminal
      .read({ channel: 'lines', data: start })
      .facts.flatMap(fact => (fact.kind === 'transcript' ? [fact.file] : []));
    const place = { folder: '/run', cwd: '/p', env: { HOME: '/home/me' }, platform: 'linux' } as const;
    assert.deepEqual(qwenTerminal.transcriptChannels?.(file ?? '', place), [
      { kind: 'lines', file: '/home/me/.qwen/projects/-home-me-p-x/chats/abc.jsonl' },
    ]);
    const uiEvent = { 'event.name': 'qwen-code.api_error', error_message: '429 no room', status_code: 429 };
    const line = { type: 'system', subtype: 'ui_telemetry', systemPayload: { uiEvent } };
    assert.deepEqual(qwenTerminal.read({ channel: 'transcript', data: line }).facts, [
      { kind: 'retrying', message: '429 no room', status: 429 },
    ]);
    const parts = [{ text: 'Hm.', thought: true }, { text: 'Done.' }];
    const kept = { type: 'assistant', message: { role: 'model', parts } };
    assert.deepEqual(qwenTerminal.read({ channel: 'transcript', data: kept }).facts, [
      { kind: 'kept', text: 'Done.' },
    ]);
  });

  test('is tried again by claude, as a whole line of its screen says', () => {
    const said = claudeTerminal.readRetry?.('✻ 529 overloaded_error · retrying in 9s · attempt 5/10 ');
    assert.deepEqual(said, {
      ...{ kind: 'retrying', attempt: 5, delayMs: 9000 },
      message: '529 overloaded_error',
    });
    assert.equal(claudeTerminal.readRetry?.('It says "retrying in 9s · attempt 5/10" then.'), undefined);
  });
});
