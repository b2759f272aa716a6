import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TurnReader, TurnRequest } from '../../../runtime/agents/adapter.ts';
import { createCopilotReader } from '../../../runtime/agents/copilot-reader.ts';
import { createGeminiReader } from '../../../runtime/agents/gemini-reader.ts';
import { createOpencodeReader } from '../../../runtime/agents/opencode-reader.ts';
import { qwen } from '../../../runtime/agents/qwen.ts';
import { createQwenReader } from '../../../runtime/agents/qwen-reader.ts';

const request: TurnRequest = {
  ...{ prompt: '', promptFile: '', filesDir: '', permission: 'edit', args: [], program: '' },
  platform: 'linux',
};

const limited = { kind: 'unavailable', what: 'rate_limited' };

/** Why a turn failed that was interrupted. */
function reasonOf(reader: TurnReader): unknown {
  const outcome = reader.end({ code: null, signal: 'SIGINT' }, '');
  return outcome.kind === 'failed' ? outcome.reason : outcome;
}

suite('a CLI that tries again', () => {
  test('is heard on stderr: gemini', () => {
    const reader = createGeminiReader(request);
    const line =
      'Attempt 1 failed with status 429. Retrying with backoff... _ApiError: {"error":{"code":429,"message":"fake 429 RESOURCE_EXHAUSTED","status":"RESOURCE_EXHAUSTED"}}\n    at throwErrorIfNotOK (file:///chunk.js:1:2)\n';
    assert.deepEqual(reader.feedErrors?.(line.slice(0, 40)), []);
    assert.deepEqual(reader.feedErrors?.(line.slice(40)), [
      { kind: 'retrying', attempt: 1, message: 'fake 429 RESOURCE_EXHAUSTED', delayMs: 0 },
    ]);
    assert.deepEqual(reasonOf(reader), limited);
  });

  test('is heard on stderr, with the time it will wait: gemini', () => {
    const reader = createGeminiReader(request);
    const events = reader.feedErrors?.('Attempt 2 failed: quota will reset. Retrying after 59000ms...\n');
    assert.deepEqual(events, [
      {
        kind: 'retrying',
        attempt: 2,
        message: 'quota will reset. Retrying after 59000ms...',
        delayMs: 59_000,
      },
    ]);
  });

  test('that has tried for the last time is not waiting: gemini', () => {
    const reader = createGeminiReader(request);
    assert.deepEqual(reader.feedErrors?.('Attempt 3 failed: fake 429. Max attempts reached\n'), []);
  });

  test('is heard in its log: opencode', () => {
    const reader = createOpencodeReader(request);
    const line = (small: boolean) =>
      `timestamp=2026-11-22T21:33:14.648Z level=ERROR run=88da2fb8 message="stream error" providerID=fake modelID=m small=${small} agent=build mode=primary error.error="AI_APICallError: fake 429 rate_limit_exceeded"\n`;
    assert.deepEqual(reader.feedErrors?.(line(true)), [], 'a title is no turn');
    const told = { kind: 'retrying', message: 'fake 429 rate_limit_exceeded' };
    assert.deepEqual(reader.feedErrors?.(line(false) + line(false)), [
      { ...told, attempt: 1 },
      { ...told, attempt: 2 },
    ]);
    assert.deepEqual(reasonOf(reader), limited);
  });

  test('is heard in the file of its conversation, and that its model answers: qwen', () => {
    const reader = createQwenReader(request);
    const line = (event: object) => {
      const systemPayload = { uiEvent: { model: 'm', prompt_id: 'abc########0', ...event } };
      return `${JSON.stringify({ type: 'system', subtype: 'ui_telemetry', systemPayload })}\n`;
    };
    const failure = { error_message: '429 slow down', error_type: 'RateLimitError', status_code: 429 };
    const failed = line({ 'event.name': 'qwen-code.api_error', ...failure });
    assert.deepEqual(reader.feedErrors?.(`{"type":"user"}\nno JSON\n${failed.slice(0, 20)}`), []);
    assert.deepEqual(reader.feedErrors?.(failed.slice(20)), [
      { kind: 'retrying', attempt: 1, message: '429 slow down' },
    ]);
    assert.deepEqual(reasonOf(reader), limited);
    assert.deepEqual(reader.feedErrors?.(line({ 'event.name': 'qwen-code.api_response' })), [
      { kind: 'answering' },
    ]);
    const streamed = (type: string) => `${JSON.stringify({ type: 'stream_event', event: { type } })}\n`;
    assert.deepEqual(reader.feed(streamed('goal_state')), [{ kind: 'activity' }]);
    assert.deepEqual(reader.feed(streamed('content_block_delta')), [
      { kind: 'answering' },
      { kind: 'activity' },
    ]);
  });

  test('has that file where it was started: qwen', () => {
    const place = { cwd: '/home/me/p.x', env: { HOME: '/home/me' } };
    const conversation = { id: 'abc', isNew: true };
    assert.equal(
      qwen.errorsFile?.({ ...request, conversation }, place),
      '/home/me/.qwen/projects/-home-me-p-x/chats/abc.jsonl',
    );
    assert.equal(qwen.errorsFile?.(request, place), undefined);
  });

  test('is heard before it waits: copilot', () => {
    const reader = createCopilotReader(request);
    const call = (statusCode: number) => {
      const data = { statusCode, retryAttempt: 0, errorMessage: '{"message":"slow down"}' };
      return `${JSON.stringify({ type: 'model.call_failure', data })}\n`;
    };
    assert.deepEqual(reader.feed(call(400)), [{ kind: 'activity' }], 'it does not try that again');
    assert.deepEqual(reader.feed(call(429)), [
      { kind: 'retrying', attempt: 1, message: 'slow down' },
      { kind: 'activity' },
    ]);
    assert.deepEqual(reasonOf(reader), limited);
  });
});
