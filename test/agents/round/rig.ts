import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { CliRig } from '../../support/cli-rig.ts';
import { eventually } from '../../support/wait.ts';
import { cliEnv, makePrivateFolder } from '../cli-home.ts';
import { type ModelApi, startModelApi } from '../model-api.ts';
import { type CliName, cliNames, ensureCli } from '../real-clis.ts';

const wanted = (process.env.NIIA_TEST_CLIS ?? '').split(',');

/** The CLIs that this round takes; all are installed. */
export const clis: readonly CliName[] = cliNames.filter(name => wanted.includes(name));

const requestSchema = z.array(
  z.looseObject({ api: z.string().optional(), prompt: z.string().default(''), body: z.unknown() }),
);
const eventSchema = z.looseObject({ kind: z.string() });

/** An event of a run's journal, as far as these tests look. */
export type JournalEvent = z.infer<typeof eventSchema>;

const mcpServer = fileURLToPath(new URL('../../support/fake-mcp-server.mjs', import.meta.url));

/** The same server behind an address of this machine. */
export async function startHttpServer(): Promise<{ readonly url: string } & AsyncDisposable> {
  const child = spawn(process.execPath, [mcpServer, 'http'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  return {
    url: `http://127.0.0.1:${String(port).trim()}/mcp`,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Real CLIs, the built program, a repository and a fake model, each with a home of the test's own. */
export class RoundRig implements AsyncDisposable {
  readonly niia: CliRig;
  /** What `niia run` and its workers get. */
  readonly env: Readonly<Record<string, string>>;
  readonly #api: ModelApi;
  readonly #folder: Disposable;

  private constructor(
    niia: CliRig,
    env: Readonly<Record<string, string>>,
    api: ModelApi,
    folder: Disposable,
  ) {
    this.niia = niia;
    this.env = env;
    this.#api = api;
    this.#folder = folder;
  }

  /** Starts with these CLIs on PATH; they are installed. */
  static async start(...clis: readonly CliName[]): Promise<RoundRig> {
    const folder = makePrivateFolder();
    const api = await startModelApi();
    const niia = new CliRig({ base: folder.path });
    const home = niia.env.HOME ?? '';
    const found = clis.map(name => ensureCli(name));
    const binDirs = found.flatMap(cli => (cli.kind === 'ready' ? [cli.binDir] : []));
    const env = Object.assign({}, ...clis.map(name => cliEnv(name, home, api.url, binDirs)));
    if (clis.includes('cline')) {
      const login = ['auth', '-p', 'openai-compatible', '-k', 'dummy', '-m', 'm', '-b', `${api.url}/v1`];
      spawnSync('cline', login, { env, stdio: 'ignore' });
    }
    return new RoundRig(niia, env, api, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.niia[Symbol.asyncDispose]();
    await this.#api[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }

  /** A prompt that the fake model answers like this, step by step. */
  scripted(replies: readonly unknown[]): string {
    return `Do it. %%fake${JSON.stringify(replies)}`;
  }

  /** A reply that writes a file in the worktree of that slug. */
  write(slug: string, path: string, content: string): unknown {
    return { write: { path: join(`${this.niia.folder}.worktrees`, slug, path), content } };
  }

  /** The user's configuration. */
  configure(config: object): void {
    mkdirSync(this.niia.niiaHome, { recursive: true });
    writeFileSync(join(this.niia.niiaHome, 'config.json'), JSON.stringify(config));
  }

  /** A server with a tool "echo". */
  mcpServer(): object {
    return { command: process.execPath, args: [mcpServer] };
  }

  /** Says how the fake model answers prompts that do not say so themselves. */
  async script(rules: readonly unknown[]): Promise<void> {
    await fetch(`${this.#api.url}/__control/script`, { method: 'POST', body: JSON.stringify({ rules }) });
  }

  /** What the CLIs asked the model. */
  async requests(): Promise<z.infer<typeof requestSchema>> {
    const response = await fetch(`${this.#api.url}/__control/requests?full=1`);
    return requestSchema.parse(await response.json());
  }

  /** Runs a connector file to its good end; its id. */
  async run(file: string, ...options: readonly string[]): Promise<string> {
    const ended = await this.niia.niia(['run', file, ...options], { env: this.env, timeoutMs: 170_000 });
    const run = this.newestRun();
    assert.equal(ended.code, 0, `${ended.stderr}\n${JSON.stringify(this.events(run).slice(-12), null, 1)}`);
    return run;
  }

  /** Starts a connector file and leaves it to the daemon; its id. */
  async runDetached(file: string): Promise<string> {
    const started = await this.niia.niia(['run', file, '--detach'], { env: this.env });
    assert.equal(started.code, 0, started.stderr);
    return this.newestRun();
  }

  /** Every answer by `phase/worker`. */
  answers(run: string): Readonly<Record<string, string>> {
    const folder = join(this.#runs(), run, 'answers');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.md'),
    );
    return Object.fromEntries(
      files.sort().map(name => {
        const key = relative('.', name).replace(/\.md$/, '').replaceAll('\\', '/');
        return [key, readFileSync(join(folder, name), 'utf8').trim()];
      }),
    );
  }

  /** The run's journal. */
  events(run: string): readonly JournalEvent[] {
    const file = join(this.#runs(), run, 'journal.ndjson');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map(line => eventSchema.parse(JSON.parse(line)));
  }

  /** Transport of every turn of a run, in order. */
  transports(run: string): readonly unknown[] {
    return this.events(run).flatMap(event =>
      event.kind === 'session-opened' && event.purpose === 'turn' ? [event.transport] : [],
    );
  }

  /** Waits for something that a run does. */
  until<T>(
    run: string,
    probe: () => T | Promise<T>,
    what: string,
  ): Promise<Exclude<T, undefined | null | false>> {
    return eventually(probe, { what, timeoutMs: 90_000, seen: () => this.events(run) });
  }

  /** Waits for an event of a run's journal. */
  untilEvent(run: string, isIt: (event: JournalEvent) => boolean): Promise<JournalEvent> {
    return this.until(run, () => this.events(run).find(isIt), `an event: ${isIt}`);
  }

  /** Waits for the end of a run, which is to be a good one. */
  async untilSucceeded(run: string): Promise<void> {
    const end = await this.untilEvent(run, ({ kind }) => kind === 'run-ended');
    assert.equal(end.outcome, 'succeeded', JSON.stringify(this.events(run)));
  }

  /** Answers a worker of the newest run by `niia answer`. */
  async answer(worker: string, text: string): Promise<void> {
    const { code, stderr } = await this.niia.niia(['answer', 'last', worker, text]);
    assert.equal(code, 0, stderr);
  }

  /** Kills the daemon as a crash would. */
  async killDaemon(): Promise<void> {
    const { pid } = z.object({ pid: z.number() }).parse(await this.niia.json(['daemon', 'status']));
    process.kill(pid, 'SIGKILL');
    await eventually(() => !existsSync(`/proc/${pid}`), { what: 'the end of the daemon', seen: () => pid });
  }

  #runs(): string {
    return join(this.niia.niiaHome, 'state', 'runs');
  }

  /** Id of the newest run. */
  newestRun(): string {
    const run = readdirSync(this.#runs()).sort().at(-1);
    assert.ok(run !== undefined, 'there is no run');
    return basename(run);
  }
}
