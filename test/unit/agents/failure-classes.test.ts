import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyFailure } from '../../../runtime/agents/failure-classes.ts';

/** The class of a message as text. */
function classOf(message: string, status?: number): string {
  const reason = classifyFailure({ message, status });
  return reason.kind === 'unavailable' ? reason.what : reason.kind;
}

test('real words of CLIs and providers fall into their classes', () => {
  const words = {
    'unexpected status 401 Unauthorized: Incorrect API key provided': 'auth',
    'Missing environment variable: `OPENAI_API_KEY`.': 'auth',
    'Not logged in · Please run /login': 'auth',
    'When using Gemini API, you must specify the GEMINI_API_KEY environment variable.': 'auth',
    'exceeded retry limit, last status: 429 Too Many Requests': 'rate_limited',
    'Rate limit reached for gpt-5 on tokens per min. Please try again in 20s.': 'rate_limited',
    "You've hit your usage limit. Upgrade to Pro or try again in 3 days 4 hours.": 'quota',
    'You exceeded your current quota, please check your plan and billing details.': 'quota',
    'Your credit balance is too low to access the Anthropic API.': 'quota',
    'We’re currently experiencing high demand, which may cause temporary errors.': 'overloaded',
    'API Error: 529 {"type":"error","error":{"type":"overloaded_error"}}': 'overloaded',
    'stream disconnected before completion: error sending request': 'network',
    'connect ECONNREFUSED 127.0.0.1:1': 'network',
    'exception TypeError: fetch failed sending request': 'network',
    "The model 'gpt-9' does not exist or you do not have access to it": 'bad_model',
    'models/gemini-9 is not found for API version v1beta': 'bad_model',
    'prompt is too long: 210000 tokens > 200000 maximum': 'context_full',
    "This model's maximum context length is 128000 tokens": 'context_full',
    'error: unexpected argument --foo': 'exit',
    'the test failed: expected 429 to equal 430': 'exit',
  };
  for (const [message, expected] of Object.entries(words)) assert.equal(classOf(message), expected, message);
});

test('a status that the CLI tells counts where words name no class', () => {
  assert.deepEqual(
    [400, 401, 402, 403, 404, 429, 500, 503, 529].map(status => classOf('fake', status)),
    ['exit', 'auth', 'quota', 'auth', 'bad_model', 'rate_limited', 'overloaded', 'overloaded', 'overloaded'],
  );
});

test('the end of a limit counts from when it was said', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const until = (message: string) => {
    const reason = classifyFailure({ message, status: 429 }, at);
    return reason.kind === 'unavailable' ? reason.until : undefined;
  };
  assert.equal(until('Please try again in 20s.'), '2026-01-01T00:00:20.000Z');
  assert.equal(until('Please try again in 1m30.5s'), '2026-01-01T00:01:30.500Z');
  assert.equal(until('try again in 3 days 4 hours 5 minutes'), '2026-01-04T04:05:00.000Z');
  assert.equal(until('quota (“retryDelay”: "34s") "retryDelay": "34s"'), '2026-01-01T00:00:34.000Z');
  assert.equal(until('too many requests (retry-after: 5)'), '2026-01-01T00:00:05.000Z');
  assert.equal(until('Your quota will reset after 3h2m1s.'), '2026-01-01T03:02:01.000Z');
  assert.equal(until('try again later'), undefined);
  assert.equal(until('try again in 5000 days'), undefined, 'no such wait is believed');
});

test('the end of a limit can be a time of day here, the next such one', () => {
  const at = new Date(2026, 11, 30, 14, 30).toISOString();
  const until = (message: string) => {
    const reason = classifyFailure({ message, status: 429 }, at);
    return reason.kind === 'unavailable' ? reason.until : undefined;
  };
  const local = (...parts: readonly [number, number, number, number, number]) =>
    new Date(...parts).toISOString();
  const session = "You've hit your session limit · resets 3:45pm (Europe/Berlin)";
  assert.equal(until(session), local(2026, 11, 30, 15, 45));
  assert.equal(until("You've hit your limit · resets 2pm"), local(2026, 11, 31, 14, 0));
  assert.equal(until('resets 12am'), local(2026, 11, 31, 0, 0));
  assert.equal(until('resets Jan 2, 9am (UTC)'), local(2027, 0, 2, 9, 0));
  assert.equal(until('usage limit. … or try again at 3:04 PM.'), local(2026, 11, 30, 15, 4));
  assert.equal(until('try again at Jan 3rd, 2027 3:04 PM.'), local(2027, 0, 3, 15, 4));
  assert.equal(until('try again at Jan 3rd, 2028 3:04 PM.'), undefined, 'no such wait is believed');
});

test('long texts are classified in no time', () => {
  const long = `${'try again in 1 '.repeat(20_000)}${'model '.repeat(20_000)}`;
  const started = performance.now();
  classifyFailure({ message: long }, '2026-01-01T00:00:00.000Z');
  assert.ok(performance.now() - started < 2000);
});
