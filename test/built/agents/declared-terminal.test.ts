/** The CLI and the configuration of docs/adding-an-agent-adapter.md, driven in its own terminal by the built program. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { CliRig } from '../../support/cli-rig.ts';
import { eventually } from '../../support/wait.ts';

const page = readFileSync(new URL('../../../docs/adding-an-agent-adapter.md', import.meta.url), 'utf8');
const program = fileURLToPath(new URL('my-cli.mjs', import.meta.url));

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
    const [, config = ''] = /```jsonc\n([\s\S]*?)```/.exec(page) ?? [];
    writeFileSync(join(this.niiaHome, 'config.json'), config);
    this.path = { PATH: `${bin}${delimiter}${this.env.PATH}` };
  }

  /** Starts a run of one worker whose CLI gets this prompt, and leaves it to the daemon; its id. */
  async start(prompt: string, more: object = {}): Promise<string> {
    const file = this.connector({
      name: 'mine',
      session: { transport: 'terminal', worktree: 'w', permission: 'ask' },
      pipeline: { phases: [{ name: 'work', model: 'mine', prompt, ...more }] },
    });
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
