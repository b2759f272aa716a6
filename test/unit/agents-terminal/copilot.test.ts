/** What copilot's events mean, and what answers its dialogs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { copilotTerminal } from '../../../runtime/agents/terminal/copilot.ts';
import { type Reading, readerOf, type TerminalPlace } from '../../../runtime/agents/terminal/terminal-cli.ts';

const place: TerminalPlace = { folder: '/f', cwd: '/w', env: { HOME: '/home/me' }, platform: 'linux' };

function reads(type: string, data: object, more: object = {}): Reading {
  return copilotTerminal.read({ channel: 'lines', data: { type, data, ...more } });
}

function stateOf(reading: Reading): string | undefined {
  return reading.claims[0]?.state.kind;
}

/** The answers that `copilotTerminal` types. */
function keysFor(choices: readonly string[], text: string, numbers?: readonly number[]): unknown {
  const reply =
    numbers === undefined ? ({ kind: 'words', text } as const) : ({ kind: 'choices', numbers } as const);
  return copilotTerminal.answerKeys?.([{ text: 'Which?', choices, isMultiple: false }], [reply]);
}

describe('copilot’s events', () => {
  test('are read from the conversation that it is told to have, wherever its home is', () => {
    const { channels } = copilotTerminal.setUp({ ...place, conversation: 'abc' });
    const file = '/home/me/.copilot/session-state/abc/events.jsonl';
    assert.deepEqual(channels, [{ kind: 'lines', file }]);
    const moved = copilotTerminal.setUp({ ...place, env: { COPILOT_HOME: '/own' }, conversation: 'abc' });
    assert.deepEqual(moved.channels, [{ kind: 'lines', file: '/own/session-state/abc/events.jsonl' }]);
    assert.deepEqual(copilotTerminal.setUp(place).channels, []);
  });

  test('tell the end of a turn by a message that calls no tools, and its answer', () => {
    const last = reads('assistant.message', { content: 'Done.', toolRequests: [] });
    assert.equal(stateOf(last), 'done');
    assert.deepEqual(last.facts, [{ kind: 'answer', text: 'Done.' }]);
    const calling = reads('assistant.message', { content: 'I will.', toolRequests: [{ name: 'bash' }] });
    assert.equal(stateOf(calling), 'working');
    assert.deepEqual(calling.facts, []);
  });

  test('tell no end by a message that another piece of the same reply follows', () => {
    const piece = { content: 'First', toolRequests: [], chunkCount: 2 };
    assert.equal(stateOf(reads('assistant.message', { ...piece, chunkIndex: 0 })), 'working');
    assert.equal(stateOf(reads('assistant.message', { ...piece, chunkIndex: 1 })), 'done');
  });

  test('tell nothing of a turn’s end, prompt or failure where they are a sub-agent’s', () => {
    const agent = { agentId: 'agent-1' };
    for (const type of ['assistant.message', 'user.message', 'session.error']) {
      assert.deepEqual(reads(type, { content: 'x' }, agent), { claims: [], facts: [], uses: [] });
    }
    assert.equal(
      stateOf(reads('permission.requested', {}, agent)),
      'waiting',
      'a person is asked all the same',
    );
  });

  test('tell that a person is asked, but not where a hook of theirs has answered', () => {
    assert.equal(stateOf(reads('permission.requested', {})), 'waiting');
    assert.equal(stateOf(reads('permission.requested', { resolvedByHook: true })), undefined);
    assert.equal(stateOf(reads('permission.completed', {})), 'working');
  });

  test('tell what a person is to allow', () => {
    const call = (permissionRequest: object): unknown =>
      reads('permission.requested', { permissionRequest }).facts;
    const asked = (text: string): unknown => [{ kind: 'asked', questions: [], call: text }];
    assert.deepEqual(call({ kind: 'shell', fullCommandText: 'rm -r build' }), asked('shell: rm -r build'));
    assert.deepEqual(call({ kind: 'write', fileName: '/w/a.txt', diff: '+a' }), asked('write: /w/a.txt'));
    assert.deepEqual(call({ kind: 'url', url: 'https://a.example' }), asked('url: https://a.example'));
    const tool = { kind: 'mcp', serverName: 'pad', toolName: 'pad-echo', args: { text: 'hi' } };
    assert.deepEqual(call(tool), asked('pad-echo: {"text":"hi"}'));
    assert.deepEqual(call({ kind: 'memory' }), asked('memory'));
  });

  test('tell the fields of a form, and of one with a field that is not known only that there is one', () => {
    const choice = { type: 'string', enum: ['A', 'B'] };
    const ask = (properties: object): Reading =>
      reads('tool.execution_start', {
        toolName: 'ask_user',
        arguments: { message: 'Which?', requestedSchema: { properties } },
      });
    const question = { text: 'Which?', choices: ['A', 'B'], isMultiple: false };
    assert.deepEqual(ask({ choice }).facts, [{ kind: 'asked', questions: [question] }]);
    const several = { type: 'array', title: 'Which ones?', items: choice };
    const questions = [
      { text: 'Which? Which ones?', choices: ['A', 'B'], isMultiple: true },
      { text: 'name', choices: [], isMultiple: false },
    ];
    assert.deepEqual(ask({ several, name: { type: 'string' } }).facts, [{ kind: 'asked', questions }]);
    const unknown = [
      { type: 'boolean' },
      { ...choice, default: 'B' },
      { type: 'string', oneOf: [{ const: 'a', title: 'A' }] },
      { ...several, default: ['A'] },
    ];
    for (const field of unknown) {
      assert.deepEqual(ask({ choice, field }).facts, [{ kind: 'asked', questions: [] }]);
    }
  });

  test('tell a failure with its status, and a turn that is broken off', () => {
    const failed = reads('session.error', { message: '429 slow down', statusCode: 429 });
    assert.equal(stateOf(failed), 'error');
    assert.deepEqual(failed.facts, [{ kind: 'failure', message: '429 slow down', status: 429 }]);
    assert.equal(stateOf(reads('abort', { reason: 'user_abort' })), 'idle');
  });

  test('tell what each request used, without the cache in the input', () => {
    const accounting = { sourceSessionId: 's', sequence: 3 };
    const tokens = { inputTokens: 100, outputTokens: 5, cacheReadTokens: 70, cacheWriteTokens: 10 };
    const usage = { model: 'gpt', ...tokens, accounting };
    const at = '2026-11-23T00:21:30.645Z';
    const used = { inputTokens: 20, outputTokens: 5, cacheReadTokens: 70, cacheWriteTokens: 10 };
    assert.deepEqual(reads('session.usage_record', { usage }, { timestamp: at }).uses, [
      { kind: 'used', id: 's 3', usage: used, model: 'gpt', at },
    ]);
  });

  test('that are of no known kind mean nothing', () => {
    assert.deepEqual(copilotTerminal.read({ channel: 'lines', data: 'torn' }).claims, []);
    assert.deepEqual(reads('session.info', { message: 'hello' }).claims, []);
    assert.deepEqual(reads('session.start', {}).claims, [], 'its question about the folder comes after that');
  });
});

describe('copilot’s dialogs', () => {
  /** States and calls that a sequence of events tells. */
  function told(...events: readonly (readonly [type: string, data: object])[]): readonly string[] {
    const read = readerOf(copilotTerminal);
    return events.map(([type, data]) => {
      const { claims, facts } = read({ channel: 'lines', data: { type, data } });
      const calls = facts.flatMap(fact => (fact.kind === 'asked' ? [fact.call] : []));
      return [...claims.map(({ state }) => state.kind), ...calls].join(' ');
    });
  }
  const asks = (id: string) =>
    [
      'permission.requested',
      { requestId: id, permissionRequest: { kind: 'shell', fullCommandText: id } },
    ] as const;
  const answered = (id: string) =>
    ['permission.completed', { requestId: id, toolCallId: `call ${id}` }] as const;

  test('that are asked for at once stand one after the other, and work beside them ends none', () => {
    const ran = ['tool.execution_complete', { toolCallId: 'call a' }] as const;
    assert.deepEqual(told(asks('a'), asks('b'), answered('a'), ran, answered('b')), [
      ...['waiting shell: a', '', 'waiting shell: b', '', 'working'],
    ]);
  });

  test('that are answered before they stand are not shown', () => {
    assert.deepEqual(told(asks('a'), asks('b'), answered('b'), answered('a')), [
      ...['waiting shell: a', '', '', 'working'],
    ]);
  });

  test('stand no more in a turn that is broken off', () => {
    const start = ['assistant.turn_start', {}] as const;
    assert.deepEqual(told(asks('a'), asks('b'), ['abort', {}], start), [
      'waiting shell: a',
      '',
      'idle',
      'working',
    ]);
  });
});

describe('a question of copilot', () => {
  const down = '\x1b[B';

  test('is answered by going down to the choice', () => {
    assert.deepEqual(keysFor(['A', 'B'], '', [1]), ['\r']);
    assert.deepEqual(keysFor(['A', 'B'], '', [2]), [down, '\r']);
  });

  test('is answered in words on the line behind the last choice', () => {
    assert.deepEqual(keysFor(['A', 'B'], 'neither'), [down, down, 'neither', '\r']);
    assert.deepEqual(keysFor([], 'so'), ['so', '\r']);
  });

  test('takes each of several choices by a space, from the first to the last', () => {
    const several = { text: 'Which ones?', choices: ['A', 'B', 'C'], isMultiple: true };
    const numbers = (...taken: readonly number[]) => ({ kind: 'choices', numbers: taken }) as const;
    const keys = copilotTerminal.answerKeys;
    assert.deepEqual(keys?.([several], [numbers(3, 1)]), [' ', down, down, ' ', '\r']);
    assert.deepEqual(keys?.([several], [numbers(2, 3)]), [down, ' ', down, ' ', '\r']);
    const words = { kind: 'words', text: 'so' } as const;
    assert.deepEqual(keys?.([several], [words]), [down, down, down, 'so', '\r']);
  });

  test('is answered field after field', () => {
    const choices = { text: 'Which?', choices: ['A', 'B'], isMultiple: false };
    const line = { text: 'Name', choices: [], isMultiple: false };
    const [taken, words] = [
      { kind: 'choices', numbers: [2] } as const,
      { kind: 'words', text: 'so' } as const,
    ];
    assert.deepEqual(copilotTerminal.answerKeys?.([choices, line], [taken, words]), [down, '\r', 'so', '\r']);
    assert.equal(copilotTerminal.answerKeys?.([choices, line], [taken]), undefined);
  });
});
