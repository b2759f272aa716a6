/** What pi's extension tells, and how it is read. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { piTerminal } from '../../../runtime/agents/terminal/pi.ts';
import { PI_ASKS_FLAG, piExtension } from '../../../runtime/agents/terminal/pi-extension.ts';

type Handler = (event: object, context: object) => unknown;

interface FakePiOptions {
  /** From 0.80.4 on, pi tells when it will not go on by itself. */
  readonly isOld?: boolean;
  readonly asks?: boolean;
  readonly isAllowed?: boolean;
  /** Its events cannot be written. */
  readonly isReadOnly?: boolean;
}

/** As much of pi as the extension uses. */
class FakePi implements Disposable {
  readonly tools: string[] = [];
  isAborted = false;
  readonly #folder = mkdtempSync(join(tmpdir(), 'niia-pi-'));
  readonly #handlers = new Map<string, Handler[]>();
  readonly #options: FakePiOptions;
  readonly #file: string;

  private constructor(options: FakePiOptions) {
    this.#options = options;
    this.#file = join(this.#folder, options.isReadOnly === true ? 'missing/events.jsonl' : 'events.jsonl');
  }

  static async start(options: FakePiOptions = {}): Promise<FakePi> {
    const pi = new FakePi(options);
    const file = join(pi.#folder, 'niia.mjs');
    writeFileSync(file, piExtension(pi.#file));
    const loaded: { default(api: object): void } = await import(pathToFileURL(file).href);
    loaded.default({
      on: (event: string, handler: Handler) =>
        pi.#handlers.set(event, [...(pi.#handlers.get(event) ?? []), handler]),
      registerFlag: () => undefined,
      getFlag: (name: string) => options.asks === true && `--${name}` === PI_ASKS_FLAG,
      getActiveTools: () => ['own'],
      setActiveTools: (names: readonly string[]) => pi.tools.push(...names),
      ...(options.isOld === true ? {} : { registerEntryRenderer: () => undefined }),
    });
    await pi.emit('session_start', { reason: 'startup' });
    return pi;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  async emit(name: string, event: object = {}): Promise<unknown> {
    const context = {
      sessionManager: { getSessionId: () => 'conversation' },
      signal: { aborted: this.isAborted },
      ui: { confirm: async () => this.#options.isAllowed === true },
      abort: () => {
        this.isAborted = true;
      },
    };
    let answer: unknown;
    for (const handler of this.#handlers.get(name) ?? []) answer = await handler(event, context);
    return answer;
  }

  /** A message of the model. */
  async say(stopReason: string, fields: object = {}): Promise<void> {
    const content = [{ type: 'text', text: 'Said.' }];
    const message = { role: 'assistant', content, stopReason, model: 'm', timestamp: 1, ...fields };
    await this.emit('message_end', { message });
  }

  /** Everything that was told, as it is read. */
  told(): readonly string[] {
    const lines = readFileSync(this.#file, 'utf8').trimEnd().split('\n');
    return lines.flatMap(line => {
      const reading = piTerminal.read({ channel: 'lines', data: JSON.parse(line) });
      const { claims, facts, uses = [] } = reading;
      return [
        ...claims.map(({ state }) => (state.kind === 'waiting' ? `waiting for ${state.what}` : state.kind)),
        ...[...facts, ...uses].map(({ kind, ...rest }) =>
          `${kind} ${Object.values(rest).map(shown).join(' ')}`.trim(),
        ),
      ];
    });
  }
}

function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const START = ['idle', 'conversation conversation'];

describe('pi tells by its extension', () => {
  test('a turn with a tool, what it used, and its answer', async () => {
    using pi = await FakePi.start();
    await pi.emit('before_agent_start');
    await pi.emit('agent_start');
    const usage = { input: 10, output: 2, cacheRead: 0, cacheWrite: 0, cost: { total: 0.5 } };
    await pi.say('toolUse', { usage });
    await pi.emit('tool_execution_start', { toolName: 'bash' });
    await pi.emit('tool_execution_end', { toolName: 'bash' });
    await pi.emit('message_end', { message: { role: 'toolResult', content: [] } });
    await pi.say('stop');
    await pi.emit('agent_end');
    assert.equal(pi.told().includes('done'), false);
    await pi.emit('agent_settled');
    assert.deepEqual(pi.told(), [
      ...START,
      ...['working', 'submitted', 'working'],
      'used 1 {"inputTokens":10,"outputTokens":2,"cacheReadTokens":0,"cacheWriteTokens":0,"costUsd":0.5} m',
      ...['done', 'answer Said.'],
    ]);
  });

  test('that it tries again, and why it gave up', async () => {
    using pi = await FakePi.start();
    const errorMessage = '503: {"message":"no more"}';
    for (const _try of [1, 2]) {
      await pi.emit('agent_start');
      await pi.say('error', { errorMessage });
      await pi.emit('agent_end');
    }
    await pi.emit('agent_settled');
    assert.deepEqual(pi.told().slice(START.length), [
      ...['working', 'working', 'retrying 1 503 no more'],
      ...['error', 'failure 503 no more 503'],
    ]);
  });

  test('no use of a request that came to nothing', async () => {
    using pi = await FakePi.start();
    await pi.emit('agent_start');
    await pi.say('error', { errorMessage: 'lost', usage: { input: 0, output: 0, cost: { total: 0 } } });
    assert.deepEqual(pi.told().slice(START.length), ['working']);
  });

  test('that a person broke it off, even where it calls that an error', async () => {
    using pi = await FakePi.start();
    await pi.emit('agent_start');
    pi.isAborted = true;
    await pi.say('error', { errorMessage: 'This operation was aborted' });
    await pi.emit('agent_settled');
    assert.deepEqual(pi.told().slice(START.length), ['working', 'idle']);
  });

  test('what other extensions ask', async () => {
    using pi = await FakePi.start();
    await pi.emit('agent_start');
    await pi.emit('ui_prompt_start', { kind: 'select', title: 'Which?' });
    await pi.emit('ui_prompt_end', { kind: 'select' });
    assert.deepEqual(pi.told().slice(START.length), ['working', 'waiting for question', 'working']);
  });

  test('nothing where its file cannot be written, and goes on', async () => {
    using pi = await FakePi.start({ isReadOnly: true });
    await pi.emit('agent_start');
    await pi.say('stop');
    assert.throws(() => pi.told(), /ENOENT/);
  });
});

describe('a pi that does not tell when it is settled', () => {
  test('may try again after an error, so that its end is waited for', async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    using pi = await FakePi.start({ isOld: true });
    await pi.emit('agent_start');
    await pi.say('error', { errorMessage: 'lost' });
    await pi.emit('agent_end');
    t.mock.timers.tick(8000);
    await pi.emit('agent_start');
    await pi.say('error', { errorMessage: 'lost again' });
    await pi.emit('agent_end');
    t.mock.timers.tick(9999);
    assert.equal(pi.told().includes('error'), false);
    t.mock.timers.tick(1);
    assert.deepEqual(pi.told().slice(-2), ['error', 'failure lost again']);
  });

  test('is done when an answer is there', async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    using pi = await FakePi.start({ isOld: true });
    await pi.emit('agent_start');
    await pi.say('stop');
    await pi.emit('agent_end');
    t.mock.timers.tick(0);
    assert.deepEqual(pi.told().slice(-2), ['done', 'answer Said.']);
  });
});

describe('pi with the permission "ask"', () => {
  const call = { toolName: 'bash', input: { command: 'touch x' } };

  test('has tools by the extension alone, which asks a person', async () => {
    using pi = await FakePi.start({ asks: true, isAllowed: true });
    assert.deepEqual(pi.tools, ['own', 'read', 'grep', 'find', 'ls', 'edit', 'write', 'bash', 'powershell']);
    assert.equal(await pi.emit('tool_call', call), undefined);
    assert.equal(pi.isAborted, false);
    assert.deepEqual(pi.told().slice(START.length), [
      'waiting for permission',
      'asked [] bash: touch x',
      'working',
    ]);
  });

  test('blocks what is refused, and breaks the turn off', async () => {
    using pi = await FakePi.start({ asks: true, isAllowed: false });
    assert.deepEqual(await pi.emit('tool_call', call), {
      block: true,
      reason: 'The user did not allow it.',
    });
    assert.equal(pi.isAborted, true);
  });

  test('reads without asking', async () => {
    using pi = await FakePi.start({ asks: true });
    assert.equal(await pi.emit('tool_call', { toolName: 'read', input: { path: 'x' } }), undefined);
    assert.deepEqual(pi.told(), START);
  });

  test('is not asked for anything where all is allowed', async () => {
    using pi = await FakePi.start();
    assert.equal(await pi.emit('tool_call', call), undefined);
    assert.deepEqual([pi.tools, pi.told()], [[], START]);
  });
});
