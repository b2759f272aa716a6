/** Turns of the real Claude Code; run by claude.test.ts. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TurnRequest } from '../../runtime/agents/adapter.ts';
import type { TurnEnd } from '../../runtime/runner/run-turn.ts';
import { eventOf, outcomeOf, RunnerRig, type Running } from '../integration/agents/runner-rig.ts';
import { cliEnv } from './cli-home.ts';
import { type ModelApi, startModelApi } from './model-api.ts';
import { ensureCli } from './real-clis.ts';

/** The real program, a private home, a project folder and a fake model. */
class ClaudeRig implements AsyncDisposable {
  readonly project: string;
  readonly #runner: RunnerRig;
  readonly #api: ModelApi;

  private constructor(runner: RunnerRig, api: ModelApi) {
    this.#runner = runner;
    this.#api = api;
    this.project = join(runner.folder, 'project');
    mkdirSync(this.project);
    mkdirSync(join(runner.folder, 'home'));
  }

  static async start(): Promise<ClaudeRig> {
    return new ClaudeRig(await RunnerRig.start(), await startModelApi());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runner[Symbol.asyncDispose]();
    await this.#api[Symbol.asyncDispose]();
  }

  /** Starts a turn that the model answers like this (see fake-model-api.mjs). */
  turn(
    replies: readonly unknown[],
    request: Partial<TurnRequest> = {},
    env: Readonly<Record<string, string>> = {},
  ): Running<TurnEnd> {
    const prompt = `${request.prompt ?? 'Do it.'} %%fake${JSON.stringify(replies)}`;
    const home = join(this.#runner.folder, 'home');
    const found = ensureCli('claude');
    assert.ok(found.kind === 'ready', JSON.stringify(found));
    const { program } = found;
    return this.#runner.runTurn(
      this.#runner.turn(
        {
          cwd: this.project,
          env: { ...cliEnv('claude', home, this.#api.url, []), ...env },
          limits: { startTimeoutMs: 60_000, stallTimeoutMs: 60_000 },
        },
        { ...request, prompt, program },
      ),
    );
  }
}

/** A failed turn's reason, with kind and details. */
async function reasonOf(turn: Running<TurnEnd>) {
  const outcome = await outcomeOf(turn);
  assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
  return outcome.reason;
}

async function answerOf(turn: Running<TurnEnd>) {
  const outcome = await outcomeOf(turn);
  assert.ok(outcome.kind === 'answered', JSON.stringify(outcome));
  return outcome;
}

test('a turn writes a file and answers; the next one goes on with it and costs only its own', async () => {
  await using rig = await ClaudeRig.start();
  const id = randomUUID();
  const file = join(rig.project, 'made.txt');
  const write = { write: { path: file, content: 'by claude\n' } };
  const usage = { input: 1000, output: 50 };
  const first = await answerOf(
    rig.turn([write, { text: 'Made it.', usage }], { conversation: { id, isNew: true } }),
  );
  assert.equal(first.answer, 'Made it.');
  assert.equal(first.conversation, id);
  assert.equal(readFileSync(file, 'utf8'), 'by claude\n');

  const second = await answerOf(
    rig.turn([{ text: 'Again.', usage }], { conversation: { id, isNew: false } }),
  );
  assert.equal(second.conversation, id);
  assert.equal(second.usage?.inputTokens, 1000);
  const [before, own] = [first.usage?.costUsd ?? 0, second.usage?.costUsd ?? 0];
  assert.ok(own > 0 && own < before, `the second turn cost ${own}, the first ${before}`);
});

test('a prompt of a megabyte arrives', async () => {
  await using rig = await ClaudeRig.start();
  const { answer } = await answerOf(rig.turn([{ text: 'Read it.' }], { prompt: 'word '.repeat(210_000) }));
  assert.equal(answer, 'Read it.');
});

test('a rate limit, refused keys, an unknown model are told apart', async () => {
  await using rig = await ClaudeRig.start();
  const [limit, auth, model] = await Promise.all([
    reasonOf(rig.turn([{ error: 429 }])),
    reasonOf(rig.turn([{ error: 401 }])),
    reasonOf(rig.turn([{ error: 404 }], { model: 'nosuch-model' })),
  ]);
  assert.deepEqual(limit, { kind: 'unavailable', what: 'rate_limited' });
  assert.deepEqual(auth, { kind: 'unavailable', what: 'auth' });
  assert.deepEqual(model, { kind: 'bad_model' });
});

test('a server error that passes is retried by claude itself, and told', async () => {
  await using rig = await ClaudeRig.start();
  const turn = rig.turn([{ error: 500, times: 1 }, { text: 'fine' }]);
  assert.equal((await answerOf(turn)).answer, 'fine');
  assert.equal(turn.events.filter(event => event.kind === 'retrying').length, 1);
});

test('a model that cannot be reached is a network failure', async () => {
  await using rig = await ClaudeRig.start();
  const reason = await reasonOf(rig.turn([], {}, { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }));
  assert.deepEqual(reason, { kind: 'unavailable', what: 'network' });
});

test('without a key claude is not logged in', async () => {
  await using rig = await ClaudeRig.start();
  const reason = await reasonOf(rig.turn([], {}, { ANTHROPIC_API_KEY: '' }));
  assert.deepEqual(reason, { kind: 'unavailable', what: 'auth' });
});

test('a refused tool is told, and fails the turn that could do nothing else', async () => {
  await using rig = await ClaudeRig.start();
  const file = join(rig.project, 'refused.txt');
  const turn = rig.turn([{ write: { path: file, content: 'x' } }, { text: 'I may not.' }], {
    permission: 'ask',
  });
  assert.deepEqual(await reasonOf(turn), { kind: 'permission_denied' });
  assert.deepEqual(
    turn.events.filter(event => event.kind === 'denied'),
    [{ kind: 'denied', tool: 'Write' }],
  );
  assert.equal(existsSync(file), false);
});

test('read-only keeps claude from writing by tool and by shell', async () => {
  await using rig = await ClaudeRig.start();
  const [byTool, byShell] = [join(rig.project, 'tool'), join(rig.project, 'shell')];
  const replies = [
    { tool: { name: 'Write', args: { file_path: byTool, content: 'x' } } },
    { bash: `echo x > ${byShell}` },
    { text: 'Only read.' },
  ];
  const { answer } = await answerOf(rig.turn(replies, { permission: 'read-only' }));
  assert.equal(answer, 'Only read.');
  assert.deepEqual([existsSync(byTool), existsSync(byShell)], [false, false]);
});

test('folders outside of the project can be used as far as they were given', async () => {
  await using rig = await ClaudeRig.start();
  const [shared, answers] = [join(rig.project, '..', 'shared'), join(rig.project, '..', 'answers')];
  for (const folder of [shared, answers]) mkdirSync(folder);
  const [mine, notMine] = [join(shared, 'note'), join(answers, 'note')];
  const replies = [
    { write: { path: mine, content: 'x' } },
    { write: { path: notMine, content: 'x' } },
    { read: mine },
    { text: 'Done.' },
  ];
  const folders = [
    { path: shared, access: 'write' },
    { path: answers, access: 'read' },
  ] as const;
  const turn = rig.turn(replies, { folders });
  assert.equal((await answerOf(turn)).answer, 'Done.');
  assert.deepEqual([existsSync(mine), existsSync(notMine)], [true, false]);
  assert.equal(turn.events.filter(event => event.kind === 'denied').length, 1, 'only the write into answers');
});

test('a stop in the middle of a turn ends claude, with nothing left running', async () => {
  await using rig = await ClaudeRig.start();
  const turn = rig.turn([{ hang: 'stream' }]);
  await eventOf(turn, 'ready');
  turn.abort('unwanted');
  const end = await turn.end;
  assert.ok(end.kind === 'stopped', JSON.stringify(end));
  assert.deepEqual(end.survivors, []);
});
