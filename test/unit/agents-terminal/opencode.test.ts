import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { opencodeTerminal } from '../../../runtime/agents/terminal/opencode.ts';
import { type Reading, readerOf } from '../../../runtime/agents/terminal/terminal-cli.ts';

const MAIN = 'ses_main';
const SUB = 'ses_sub';
/** When the terminal is first heard. */
const START = 1_000_000;

const place = { folder: '/run/1.channels', cwd: '/work', env: {}, platform: 'linux' } as const;

/** What is told of these events, each as it is noted and read again. */
function readAll(...told: readonly object[]): readonly Reading[] {
  return readAllFor(undefined, ...told);
}

/** The same of one that was told to use a model. */
function readAllFor(model: string | undefined, ...told: readonly object[]): readonly Reading[] {
  const [channel] = opencodeTerminal.setUp({ ...place, server: { port: 4000, password: 'p' } }).channels;
  assert.ok(channel?.kind === 'server');
  const read = readerOf(opencodeTerminal, model === undefined ? {} : { model });
  return told.flatMap(event => {
    const record = channel.keep(event);
    return record === undefined
      ? []
      : [read({ channel: 'server', data: JSON.parse(JSON.stringify(record)) })];
  });
}

/** The states that are claimed, in order, and everything else that is told. */
function told(...events: readonly object[]) {
  const readings = readAll({ at: START, asked: { statuses: {} } }, ...events);
  return {
    states: readings.flatMap(({ claims }) => claims.map(({ state }) => Object.values(state).join(' '))),
    facts: readings.flatMap(({ facts }) => facts),
    uses: readings.flatMap(({ uses = [] }) => uses),
  };
}

const event = (type: string, properties: object): object => ({ id: 'evt_1', type, properties });
const created = (id: string, parentID?: string): object =>
  event('session.created', { sessionID: id, info: { id, parentID, title: 'New session' } });
const status = (type: string, more: object = {}, sessionID = MAIN): object =>
  event('session.status', { sessionID, status: { type, ...more } });
const message = (role: string, id: string, more: object = {}, sessionID = MAIN): object =>
  event('message.updated', {
    sessionID,
    info: { id, sessionID, role, time: { created: START + 1 }, modelID: 'm', ...more },
  });
const said = (messageID: string, text: string, id = 'prt_1', sessionID = MAIN): object =>
  event('message.part.updated', {
    part: { type: 'text', id, messageID, sessionID, text, time: { start: 1, end: 2 } },
  });
const prompt = message('user', 'msg_1');
const ended = (id: string, finish: string, more: object = {}, sessionID = MAIN): object =>
  message(
    'assistant',
    id,
    { finish, time: { created: START + 2, completed: START + 3 }, ...more },
    sessionID,
  );

describe('the events of an opencode terminal', () => {
  test('end a turn whose model opencode does not know, but not one of a person’s choice', () => {
    const asked = (id: string, modelID: string): object =>
      message('user', id, { model: { providerID: 'local', modelID } });
    const events = [{ at: START, asked: {} }, asked('msg_1', 'small'), status('busy'), asked('msg_2', 'big')];
    const outcome = (model: string) => {
      const readings = readAllFor(model, ...events);
      return {
        states: readings.flatMap(({ claims }) => claims.map(({ state }) => state.kind)),
        failures: readings.flatMap(({ facts }) => facts.filter(({ kind }) => kind === 'failure')),
      };
    };
    assert.deepEqual(outcome('local/small'), {
      states: ['idle', 'working', 'working', 'working'],
      failures: [],
    });
    const text = 'opencode does not know the model "local/large" and took "local/small"';
    assert.deepEqual(outcome('local/large'), {
      states: ['idle', 'error', 'error', 'error'],
      failures: [{ kind: 'failure', message: text, reason: { kind: 'bad_model' } }],
    });
  });

  test('tell a turn from its prompt to its answer, whose parts are put together', () => {
    const { states, facts } = told(
      created(MAIN),
      prompt,
      status('busy'),
      ended('msg_2', 'tool-calls'),
      said('msg_3', 'First part.', 'prt_1'),
      said('msg_3', 'Second part.', 'prt_2'),
      ended('msg_3', 'stop'),
      status('idle'),
    );
    assert.deepEqual(states, ['idle', 'working', 'working', 'done']);
    assert.deepEqual(facts, [
      { kind: 'conversation', id: MAIN },
      { kind: 'submitted' },
      { kind: 'answer', text: 'First part.\n\nSecond part.' },
    ]);
  });

  test('tell a prompt once, though it is told again when its changes are known', () => {
    const { facts } = told(prompt, message('user', 'msg_1', { summary: { diffs: [] } }), status('busy'));
    assert.equal(facts.filter(({ kind }) => kind === 'submitted').length, 1);
  });

  test('tell no end of the conversation when a sub-agent is done, but count what it uses', () => {
    const tokens = { input: 10, output: 5, reasoning: 1, cache: { read: 0, write: 0 } };
    const { states, facts, uses } = told(
      prompt,
      status('busy'),
      created(SUB, MAIN),
      message('user', 'msg_sub', {}, SUB),
      status('busy', {}, SUB),
      said('msg_s2', 'of the sub-agent', 'prt_1', SUB),
      message(
        'assistant',
        'msg_s2',
        { time: { created: START + 2 }, finish: 'stop', tokens, cost: 0.5 },
        SUB,
      ),
      ended('msg_s2', 'stop', { tokens, cost: 0.5 }, SUB),
      status('idle', {}, SUB),
    );
    assert.deepEqual(states, ['idle', 'working', 'working']);
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      ['conversation', 'submitted'],
    );
    assert.deepEqual(uses, [
      {
        kind: 'used',
        id: 'msg_s2',
        at: new Date(START + 2).toISOString(),
        model: 'm',
        usage: { inputTokens: 10, outputTokens: 6, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0.5 },
      },
    ]);
  });

  test('tell what a person is waited for, also by a sub-agent, until all is answered', () => {
    const { states, facts } = told(
      prompt,
      status('busy'),
      event('permission.asked', {
        id: 'per_1',
        sessionID: SUB,
        permission: 'bash',
        patterns: ['ls *'],
        metadata: { command: 'ls -l' },
      }),
      event('question.asked', {
        id: 'que_1',
        sessionID: MAIN,
        questions: [{ question: 'Which?', header: 'H', options: [{ label: 'A', description: 'a' }] }],
      }),
      status('busy'),
      event('permission.replied', { sessionID: SUB, requestID: 'per_1', reply: 'once' }),
      event('question.replied', { sessionID: MAIN, requestID: 'que_1', answers: [['A']] }),
    );
    assert.deepEqual(states, [
      'idle',
      'working',
      'working',
      'waiting permission',
      'waiting permission',
      'waiting permission',
      'waiting question',
      'working',
    ]);
    assert.deepEqual(facts.slice(2), [
      { kind: 'asked', questions: [], call: 'bash: ls -l' },
      { kind: 'asked', questions: [{ text: 'Which?', choices: ['A'], isMultiple: false }] },
    ]);
  });

  test('tell a turn that a person has broken off as no answer and no failure', () => {
    const error = { name: 'MessageAbortedError', data: { message: 'Aborted' } };
    const { states, facts } = told(
      prompt,
      status('busy'),
      said('msg_2', 'half a sent'),
      message('assistant', 'msg_2', { time: { created: START + 2, completed: START + 3 }, error }),
      event('session.error', { sessionID: MAIN, error }),
      status('idle'),
    );
    assert.deepEqual(states, ['idle', 'working', 'working', 'idle']);
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      ['conversation', 'submitted'],
    );
  });

  test('tell a refusal, after which the model has no last word, as no answer', () => {
    const { states } = told(prompt, status('busy'), ended('msg_2', 'tool-calls'), status('idle'));
    assert.deepEqual(states, ['idle', 'working', 'working', 'idle']);
  });

  test('tell why a turn failed, with the status and the time that the provider named', () => {
    const data = { message: 'slow down', statusCode: 429, responseHeaders: { 'retry-after': '30' } };
    const { states, facts } = told(
      prompt,
      status('busy'),
      status('retry', { attempt: 2, message: 'slow down', next: 1 }),
      event('session.error', { sessionID: MAIN, error: { name: 'APIError', data } }),
      status('idle'),
    );
    assert.deepEqual(states, ['idle', 'working', 'working', 'working', 'error']);
    assert.deepEqual(facts.slice(2), [
      { kind: 'retrying', attempt: 2, message: 'slow down' },
      { kind: 'failure', message: 'slow down (retry-after: 30)', status: 429 },
    ]);
  });

  test('tell no answer where the conversation is only summed up', () => {
    const { states } = told(
      prompt,
      status('busy'),
      ended('msg_2', 'stop', { summary: true }),
      status('busy'),
    );
    assert.deepEqual(states, ['idle', 'working', 'working', 'working']);
  });

  test('tell the conversation that a person begins in the same terminal', () => {
    const other = 'ses_other';
    const { states, facts } = told(
      prompt,
      ended('msg_2', 'stop'),
      status('idle'),
      created(other),
      message('user', 'msg_9', {}, other),
      status('idle'),
      status('busy', {}, other),
    );
    assert.deepEqual(states, ['idle', 'working', 'done', 'working', 'working']);
    assert.deepEqual(
      facts.filter(fact => fact.kind === 'conversation').map(({ id }) => id),
      [MAIN, other],
    );
  });
});

describe('what opencode states on a new connection', () => {
  const info = (told: object): object => Object(told).properties.info;

  test('makes up for what was not heard', () => {
    const { states, facts } = told(prompt, status('busy'), {
      at: START + 100,
      asked: {
        messages: [
          { info: info(prompt), parts: [] },
          {
            info: info(ended('msg_2', 'stop')),
            parts: [
              { type: 'step-start', id: 'prt_0' },
              { type: 'text', id: 'prt_1', messageID: 'msg_2', text: 'Unheard.', time: { start: 1, end: 2 } },
            ],
          },
        ],
        children: [],
        permissions: [],
        questions: [],
        statuses: {},
      },
    });
    assert.deepEqual(states, ['idle', 'working', 'working', 'done']);
    assert.deepEqual(facts.slice(2), [{ kind: 'answer', text: 'Unheard.' }]);
  });

  test('tells the dialog that stands, and no longer the one that was answered', () => {
    const asked = {
      permissions: [{ id: 'per_2', permission: 'edit' }],
      statuses: { [MAIN]: { type: 'busy' } },
    };
    const { states } = told(
      prompt,
      event('question.asked', { id: 'que_1', questions: [] }),
      { at: START + 100, asked },
      event('permission.replied', { requestID: 'per_2' }),
    );
    assert.deepEqual(states, ['idle', 'working', 'waiting question', 'waiting permission', 'working']);
  });

  test('leaves out what the conversation had before this terminal', () => {
    const old = { time: { created: START - 1, completed: START - 1 } };
    const tokens = { input: 10, output: 5 };
    const { states, facts, uses } = told({
      at: START + 100,
      asked: {
        messages: [
          { info: info(message('user', 'msg_1', old)), parts: [] },
          { info: info(ended('msg_2', 'stop', { ...old, tokens })), parts: [] },
        ],
        statuses: {},
      },
    });
    assert.deepEqual([states, facts, uses], [['idle', 'idle'], [], []]);
  });

  test('tells work of which no prompt was heard', () => {
    const { states, facts } = told(
      { at: START + 1, asked: { statuses: { [MAIN]: { type: 'busy' } } } },
      said('msg_2', 'Late.'),
      ended('msg_2', 'stop', { parentID: 'msg_1' }),
      status('idle'),
    );
    assert.deepEqual(states, ['idle', 'working', 'working', 'done']);
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      ['conversation', 'submitted', 'answer'],
    );
  });
});

test('events that are not known mean nothing, and are not noted', () => {
  assert.deepEqual(
    readAll(
      event('server.heartbeat', {}),
      event('message.part.delta', { delta: 'x' }),
      event('message.part.updated', { part: { type: 'tool', id: 'p', messageID: 'm', state: {} } }),
      event('session.status', { sessionID: MAIN, status: { type: 'dreaming' } }),
    ),
    [],
  );
});

test('its own server is not looked for behind the proxy of a person', () => {
  const extended = (env: Readonly<Record<string, string>>) =>
    opencodeTerminal.setUp({ ...place, env, server: { port: 4000, password: 'p' } }).extendedEnv;
  assert.deepEqual(extended({}), { NO_PROXY: '127.0.0.1' });
  assert.deepEqual(extended({ no_proxy: 'a.example' }), { no_proxy: 'a.example,127.0.0.1' });
});

test('a password of the person’s own guards the server', () => {
  const env = { OPENCODE_SERVER_PASSWORD: 'own', OPENCODE_SERVER_USERNAME: 'me' };
  const { channels } = opencodeTerminal.setUp({ ...place, env, server: { port: 4000, password: 'ours' } });
  const [channel] = channels;
  assert.ok(channel?.kind === 'server');
  assert.deepEqual([channel.user, channel.server], ['me', { port: 4000, password: 'own' }]);
});
