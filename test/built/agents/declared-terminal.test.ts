/** The CLI and the configuration of docs/adding-an-agent-adapter.md, driven in its own terminal by the built program. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'jsonc-parser';
import * as z from 'zod';
import { CliRig } from '../../support/cli-rig.ts';
import { eventually } from '../../support/wait.ts';

const page = readFileSync(new URL('../../../docs/adding-an-agent-adapter.md', import.meta.url), 'utf8');
const program = fileURLToPath(new URL('my-cli.mjs', import.meta.url));

const [, example = ''] = /```jsonc\n([\s\S]*?)```/.exec(page) ?? [];
const configSchema = z.object({ agents: z.record(z.string(), z.unknown()) });

const eventSchema = z.looseObject({ kind: z.string() });
type JournalEvent = z.infer<typeof eventSchema>;

/** A rig whose user has that CLI and that configuration. */
class DeclaredRig extends CliRig {
  readonly path: Readonly<Record<string, string>>;

  constructor() {
    super();
    const bin = join(this.place, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'my-cli'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(join(bin, 'my-cli'), 0o755);
    this.configure({});
    this.path = { PATH: `${bin}${delimiter}${this.env.PATH}` };
  }

  /** The configuration of the page, and these CLIs. */
  configure(agents: object): void {
    const { agents: documented } = configSchema.parse(parse(example, [], { allowTrailingComma: true }));
    const all = { agents: { ...documented, ...agents } };
    writeFileSync(join(this.niiaHome, 'config.json'), JSON.stringify(all));
  }

  /** A file with one worker, whose CLI gets this prompt; its name. */
  file(prompt: string, ...models: readonly string[]): string {
    return this.connector({
      name: 'mine',
      models: { primary: ['mine', ...models] },
      session: { transport: 'terminal', worktree: 'w', permission: 'edit' },
      pipeline: { phases: [{ name: 'work', prompt }] },
    });
  }

  /** Starts such a run, and leaves it to the daemon; its id. */
  async start(prompt: string, ...models: readonly string[]): Promise<string> {
    const file = this.file(prompt, ...models);
    const { code, stdout, stderr } = await this.niia(['run', file, '--detach', '--json'], { env: this.path });
    assert.equal(code, 0, stderr);
    return z.object({ run: z.string() }).parse(JSON.parse(stdout.trim().split('\n')[0] ?? '')).run;
  }

  events(run: string): readonly JournalEvent[] {
    const text = readFileSync(join(this.niiaHome, 'state', 'runs', run, 'journal.ndjson'), 'utf8');
    return text
      .trim()
      .split('\n')
      .map(line => eventSchema.parse(JSON.parse(line)));
  }

  event(run: string, isIt: (event: JournalEvent) => boolean): Promise<JournalEvent> {
    return eventually(() => this.events(run).find(isIt), {
      what: `an event: ${isIt}`,
      timeoutMs: 60_000,
      seen: () => this.events(run),
    });
  }

  /** The outcome of a run, once it has one. */
  async outcome(run: string): Promise<unknown> {
    return (await this.event(run, ({ kind }) => kind === 'run-ended')).outcome;
  }

  /** Everything that its CLIs printed. */
  recording(run: string): string {
    const folder = join(this.niiaHome, 'state', 'runs', run, 'sessions');
    const casts = readdirSync(folder).filter(name => name.endsWith('.cast'));
    return casts.map(name => readFileSync(join(folder, name), 'utf8')).join('');
  }

  answer(run: string): string {
    return readFileSync(join(this.niiaHome, 'state', 'runs', run, 'answers', 'work', '1.md'), 'utf8').trim();
  }
}

test('a declared CLI works in its live terminal, once it may, and its work is merged', async () => {
  await using rig = new DeclaredRig();
  const run = await rig.start('%%ask made.txt');
  await rig.event(run, ({ kind, what }) => kind === 'answer-needed' && what === 'permission');
  const answered = await rig.niia(['answer', 'last', 'work/1', 'yes']);
  assert.equal(answered.code, 0, answered.stderr);
  assert.equal(await rig.outcome(run), 'succeeded');
  assert.equal(rig.answer(run), 'Wrote made.txt.');
  assert.equal(rig.git('show', `niia/${run}/head:made.txt`), 'by my-cli');
  const opened = rig.events(run).find(({ kind }) => kind === 'session-opened');
  assert.equal(opened?.transport, 'terminal');
  const used = rig.events(run).find(({ kind }) => kind === 'usage');
  assert.deepEqual([used?.inputTokens, used?.outputTokens, used?.costUsd], [100, 10, 0.01]);
});

test('a declared CLI whose turn is stopped is broken off by its own key', async () => {
  await using rig = new DeclaredRig();
  const run = await rig.start('%%hang');
  await rig.event(run, ({ kind, evidence }) => kind === 'turn-alive' && /type=prompt/.test(String(evidence)));
  const stopped = await rig.niia(['stop', 'last']);
  assert.equal(stopped.code, 0, stopped.stderr);
  assert.equal(await rig.outcome(run), 'stopped');
  assert.match(rig.recording(run), /interrupted by a key/);
});

test('a declared CLI is not done because its output says so', async () => {
  await using rig = new DeclaredRig();
  const run = await rig.start('%%forge');
  await rig.event(run, ({ kind }) => kind === 'turn-unknown');
  rig.write('../work.worktrees/w/go', '');
  assert.equal(await rig.outcome(run), 'succeeded');
  assert.equal(rig.answer(run), 'really done');
});

test('a declared CLI that fails in its terminal by words of its declaration hands on to the next model', async () => {
  await using rig = new DeclaredRig();
  const run = await rig.start('%%fail', 'shell');
  const end = await rig.event(run, ({ kind }) => kind === 'turn-ended');
  assert.match(JSON.stringify(end.outcome), /"quota".*quota used up for today/);
  await rig.event(run, ({ kind, label }) => kind === 'turn-started' && label === 'shell');
});

test('a declared CLI goes on with its own conversation in its terminal', async () => {
  await using rig = new DeclaredRig();
  const file = rig.connector({
    name: 'talk',
    models: { primary: 'mine' },
    session: { transport: 'terminal' },
    pipeline: {
      phases: [{ name: 'work', prompt: 'Say it.', output: { type: 'object', required: ['ok'] } }],
    },
  });
  const { code, stderr } = await rig.niia(['run', file], { env: rig.path });
  assert.equal(code, 0, stderr);
});

test('a declared CLI that asks where nobody is gets its key to refuse', async () => {
  await using rig = new DeclaredRig();
  const file = rig.file('%%ask made.txt');
  const { code, stdout, stderr } = await rig.niia(['run', file], { env: rig.path });
  assert.equal(code, 1, stderr);
  assert.match(stdout + stderr, /mine asked for what nobody was there to allow/);
});

test('the plan says which of a user’s CLIs has a live terminal, and why another has none', async () => {
  await using rig = new DeclaredRig();
  rig.configure({ bare: { command: ['my-cli', 'run'], terminal: ['my-cli', 'chat'] } });
  const file = rig.file('%%write a.txt', 'bare');
  const { stdout } = await rig.niia(['plan', file], { env: rig.path });
  assert.match(stdout, /mine · .*in its live terminal\n.*my-cli chat --accept-edits\n/);
  assert.match(stdout, /bare · .*headless: agents\.bare\.terminal has no events\s+to tell its turns by\n/);
  assert.match(stdout, /it can be had for claude,[\s\w,]* mine /);
});

test('a check of a declared CLI tries both ways', async () => {
  await using rig = new DeclaredRig();
  const { code, stdout } = await rig.niia(['agents', '--check', 'mine', '--yes'], { env: rig.path });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /terminal answers +works +ready\n/);
  assert.match(stdout, /terminal usage +works +10 tokens of output/);
});
