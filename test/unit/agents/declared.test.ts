import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TurnOutcome, TurnRequest } from '../../../runtime/agents/adapter.ts';
import { createDeclaredAdapter, declaredAgentSchema } from '../../../runtime/agents/declared.ts';
import { request } from './claude-recordings.ts';

function adapter(agent: object) {
  return createDeclaredAdapter('mine', declaredAgentSchema.parse({ command: ['my-cli'], ...agent }));
}

function argv(agent: object, changes: Partial<TurnRequest> = {}): string {
  return adapter(agent)
    .headlessCommand(request({ program: '', ...changes }))
    .argv.join(' ');
}

/** What comes of a turn that prints this. */
function outcome(agent: object, output: string, code = 0, stderr = ''): TurnOutcome {
  const reader = adapter(agent).createReader(request());
  for (const piece of output.match(/[\s\S]{1,7}/g) ?? []) reader.feed(piece);
  return reader.end({ code, signal: null }, stderr);
}

describe('the command of a declared CLI', () => {
  test('has permission, model and conversation where they are asked for', () => {
    const agent = {
      command: ['my-cli', 'run', '{prompt}'],
      model: ['--model', '{model}'],
      conversation: { start: ['--new', '{conversation}'], resume: ['--resume', '{conversation}'] },
      permissions: { edit: { args: ['--write'], means: 'edits' } },
    };
    const all = {
      model: 'm',
      conversation: { id: 'c', isNew: false },
      prompt: '{model}',
      args: ['-x'],
    } as const;
    assert.equal(argv(agent, all), 'my-cli run {model} --write --model m --resume c -x');
    assert.equal(
      argv(agent, { permission: 'ask', conversation: { id: 'c', isNew: true } }),
      'my-cli run Do it. --new c',
    );
  });

  test('reads the prompt from its stdin where it can', () => {
    const { kind, stdin } = adapter({ stdin: true }).headlessCommand(request());
    assert.deepEqual([kind, stdin], ['pipe', 'prompt']);
  });

  test('says of a permission that is not mapped that it is not', () => {
    assert.match(adapter({}).permissions.ask.means, /does not map it/);
  });
});

describe('the output of a declared CLI', () => {
  const jsonl = {
    output: {
      format: 'jsonl',
      answer: { path: 'item.text', where: { 'item.type': 'message' } },
      error: 'error.message',
      conversation: 'thread',
      output_tokens: 'usage.out',
      cost_usd: 'usage.usd',
    },
  };

  test('is the answer as it is, if nothing else is said', () => {
    assert.deepEqual(outcome({ stdin: true }, 'hello\n'), { kind: 'answered', answer: 'hello' });
  });

  test('as lines of JSON gives answer, conversation and usage by their places', () => {
    const lines = [
      { thread: 't1' },
      { item: { type: 'thought', text: 'no' } },
      { item: { type: 'message', text: 'first' } },
      { item: { type: 'message', text: 'last' } },
      { usage: { out: 7, usd: 0.5 } },
    ];
    assert.deepEqual(outcome(jsonl, lines.map(line => `${JSON.stringify(line)}\n`).join('')), {
      kind: 'answered',
      answer: 'last',
      usage: { outputTokens: 7, costUsd: 0.5 },
      conversation: 't1',
    });
  });

  test('as one JSON document gives the answer by its place', () => {
    const output = { format: 'json', answer: 'choices.0.text' };
    assert.equal(outcome({ output }, '{\n "choices": [{ "text": "yes" }] }').kind, 'answered');
    const without = outcome({ output }, '{}');
    assert.ok(without.kind === 'failed' && without.reason.kind === 'crashed');
  });

  test('that holds an error fails by its words, whatever the exit code', () => {
    const failed = outcome(jsonl, '{"error":{"message":"429 Too Many Requests"}}\n');
    assert.ok(failed.kind === 'failed');
    assert.deepEqual(failed.reason, { kind: 'unavailable', what: 'rate_limited' });
  });

  test('without an answer says where one was looked for, and what there was', () => {
    const failed = outcome(jsonl, '{"thread":"t1"}\n{"text":"Yes."}\n');
    assert.ok(failed.kind === 'failed');
    assert.equal(
      failed.message,
      'mine ended without an answer where agents.mine.output looks for it; the last it printed: {"text":"Yes."}',
    );
  });

  test('is looked through for the declared failures first', () => {
    const agent = { ...jsonl, failures: [{ match: '^E42\\b', kind: 'quota' }] };
    const failed = outcome(agent, '', 1, 'E42 nothing left\n');
    assert.ok(failed.kind === 'failed');
    assert.deepEqual(failed.reason, { kind: 'unavailable', what: 'quota' });
  });
});

describe('a declaration', () => {
  const problem = (agent: object) =>
    declaredAgentSchema.safeParse({ command: ['x'], ...agent }).error?.issues[0]?.message;

  test('with a key that nobody knows is refused, as it would do nothing', () => {
    assert.match(problem({ modle: [] }) ?? '', /modle/);
  });

  test('with a pattern that could take forever, or is none, is refused', () => {
    for (const match of ['(a+)+$', '(x|y*)*z', '(a)\\1', '(']) {
      assert.ok(problem({ failures: [{ match, kind: 'auth' }] }) !== undefined, match);
    }
    assert.equal(
      problem({ failures: [{ match: '(quota|limit) (exceeded|reached)', kind: 'quota' }] }),
      undefined,
    );
  });

  test('with a place that is no path is refused', () => {
    assert.match(problem({ output: { format: 'json', answer: '$.a[0]' } }) ?? '', /path|Invalid/);
  });
});
