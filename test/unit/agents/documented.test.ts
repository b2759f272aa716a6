/** CLIs that could not be had here, played by scripts that print what their documentation and source say they print. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { suite, test } from 'node:test';
import type { AgentEvent, TurnOutcome } from '../../../runtime/agents/adapter.ts';
import { adapterFor } from '../../../runtime/agents/registry.ts';

/** Runs a script that stands in for the CLI, as a turn. */
function play(
  cli: string,
  script: string,
): { readonly outcome: TurnOutcome; readonly events: readonly AgentEvent[] } {
  const reader = adapterFor(cli)?.createReader({
    ...{ prompt: '', promptFile: '', filesDir: '', permission: 'edit', args: [], program: cli },
    platform: process.platform,
  });
  assert.ok(reader !== undefined);
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
  });
  const events = reader.feed(stdout);
  return { outcome: reader.end({ code: status, signal }, stderr), events };
}

const say = (...lines: readonly string[]) => `console.log(${JSON.stringify(lines.join('\n'))});`;

const banner = [
  'Aider v0.86.1',
  'Main model: gpt-4.1 with diff edit format',
  'Git repo: .git with 3 files',
  'Repo-map: using 1024 tokens, auto refresh',
  '',
];

suite('aider', () => {
  test('answers without its banner, and tells tokens and money of the message', () => {
    const { outcome } = play(
      'aider',
      say(
        ...banner,
        'I changed it.',
        '',
        'Tokens: 2.5k sent, 120 received. Cost: $0.0061 message, $0.0061 session.',
        'Applied edit to a.txt',
        'And I looked again.',
        'Tokens: 12k sent, 1.5k cache write, 2k cache hit, 1.2k received.',
        'Cost: $0.03 message, $0.03 session.',
      ),
    );
    assert.deepEqual(outcome, {
      kind: 'answered',
      answer: 'I changed it.\n\nApplied edit to a.txt\nAnd I looked again.',
      usage: { inputTokens: 12_000, outputTokens: 1200, costUsd: 0.03 },
    });
  });

  test('tells no money of a model whose price it does not know', () => {
    const { outcome } = play('aider', say(...banner, 'Yes.', 'Tokens: 900 sent, 4 received.'));
    assert.deepEqual(outcome.usage, { inputTokens: 900, outputTokens: 4 });
  });

  test('that ends with 0 after a failed request has failed', () => {
    const { outcome, events } = play(
      'aider',
      say(
        ...banner,
        'litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached',
        'Retrying in 0.2 seconds...',
        'litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached',
      ),
    );
    assert.deepEqual(outcome.kind === 'failed' && outcome.reason, {
      kind: 'unavailable',
      what: 'rate_limited',
    });
    const [retry] = events.filter(event => event.kind === 'retrying');
    assert.equal(retry?.kind === 'retrying' && retry.delayMs, 200);
  });

  test('that was answered after a failed request has answered', () => {
    const { outcome } = play(
      'aider',
      say(
        ...banner,
        'litellm.APIConnectionError: x',
        'Retrying in 0.2 seconds...',
        'Yes.',
        'Tokens: 9 sent, 4 received.',
      ),
    );
    assert.equal(outcome.kind, 'answered');
  });
});

suite('ollama', () => {
  const told =
    'console.error("total duration: 4.8s\\nprompt eval count:    26 token(s)\\nprompt eval rate: 200 tokens/s\\neval count:           290 token(s)");';

  test('answers, and tells its tokens on stderr', () => {
    const { outcome } = play('ollama', say('Blue.') + told);
    assert.deepEqual(outcome, {
      kind: 'answered',
      answer: 'Blue.',
      usage: { inputTokens: 26, outputTokens: 290 },
    });
  });

  test('without the model has no such model, and without its server no network', () => {
    const fail = (words: string) => `console.error(${JSON.stringify(words)}); process.exit(1);`;
    const reasons = [
      "Error: model 'llama9' not found",
      'Error: could not connect to ollama server, run `ollama serve` to start it',
    ].map(words => {
      const { outcome } = play('ollama', fail(words));
      return outcome.kind === 'failed' && outcome.reason;
    });
    assert.deepEqual(reasons, [{ kind: 'bad_model' }, { kind: 'unavailable', what: 'network' }]);
  });
});
