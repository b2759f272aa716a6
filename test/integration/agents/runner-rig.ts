/** Turns and steps on a real PTY host, with fake CLIs, and what tests need to look at them. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentEvent, TurnRequest } from '../../../runtime/agents/adapter.ts';
import { claude } from '../../../runtime/agents/claude.ts';
import { shell } from '../../../runtime/agents/shell.ts';
import type { PtyHostClient } from '../../../runtime/pty/client.ts';
import type { PtyHostAddress } from '../../../runtime/pty/socket-place.ts';
import { startPtyHost } from '../../../runtime/pty/start.ts';
import type { SessionInfo } from '../../../runtime/pty-protocol.ts';
import { sessionHostOf } from '../../../runtime/runner/pty-session-host.ts';
import type { RunnerDeps } from '../../../runtime/runner/run-session.ts';
import { runStep, type StepEnd, type StepJob } from '../../../runtime/runner/run-step.ts';
import { runTurn, type TurnControl, type TurnEnd, type TurnJob } from '../../../runtime/runner/run-turn.ts';
import { type SessionHost, systemClock } from '../../../runtime/runner/session-host.ts';
import { FakeCli } from '../../support/fake-cli/fake-cli.ts';
import { eventually } from '../../support/wait.ts';
import { ManualClock } from './manual-clock.ts';

const script = fileURLToPath(new URL('../../../runtime/pty/main.ts', import.meta.url));

/** A turn or step under way. */
export interface Running<T> {
  readonly end: Promise<T>;
  readonly events: AgentEvent[];
  readonly opened: { readonly session: SessionInfo; readonly isNew: boolean }[];
  /** Aborts with this reason. */
  abort(reason: 'unwanted' | 'closing'): void;
  /** Kills at once. */
  hurry(): void;
}

/** The rig; disposing it ends the host, its sessions and the fake CLIs. */
export class RunnerRig implements AsyncDisposable {
  readonly folder: string;
  readonly fake: FakeCli;
  readonly clock = new ManualClock();
  client: PtyHostClient;
  readonly #address: PtyHostAddress;
  #sessions = 0;
  #host: SessionHost;

  private constructor(folder: string, address: PtyHostAddress, client: PtyHostClient, fake: FakeCli) {
    this.folder = folder;
    this.#address = address;
    this.client = client;
    this.fake = fake;
    this.#host = sessionHostOf(client);
  }

  /** Starts a host and puts fake CLIs of these names on PATH. */
  static async start(...names: readonly string[]): Promise<RunnerRig> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'niia-runner-')));
    const address = { socketPath: join(folder, 'run', 'pty.sock'), stateDir: join(folder, 'state') };
    const client = await connect(address);
    return new RunnerRig(folder, address, client, await FakeCli.start(...names));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fake[Symbol.asyncDispose]();
    await this.client.shutdown({ kill: true });
    await this.client.closed;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A daemon's view of the host: `manual` time stands still until the test moves it. */
  deps(clock: 'real' | 'manual' = 'real'): RunnerDeps {
    return { host: this.#host, clock: clock === 'real' ? systemClock : this.clock };
  }

  /** As a daemon that is started again: a new connection, nothing remembered. */
  async reconnect(): Promise<void> {
    this.client.dispose();
    this.client = await connect(this.#address);
    this.#host = sessionHostOf(this.client);
  }

  /** A turn of the fake claude. */
  turn(changes: Partial<TurnJob> = {}, request: Partial<TurnRequest> = {}): TurnJob {
    this.#sessions += 1;
    const session = changes.session ?? `turn-${this.#sessions}`;
    const prompt = request.prompt ?? 'Do it.';
    const promptFile = join(this.folder, `${session}.prompt`);
    writeFileSync(promptFile, prompt);
    return {
      session,
      adapter: claude,
      request: {
        prompt,
        promptFile,
        filesDir: join(this.folder, `${session}.files`),
        permission: 'edit',
        args: [],
        program: 'claude',
        platform: process.platform,
        ...request,
      },
      transport: 'headless',
      cwd: this.folder,
      env: { ...this.fake.env },
      cols: 80,
      rows: 24,
      recordingFile: join(this.folder, `${session}.cast`),
      outputFile: join(this.folder, `${session}.out`),
      limits: {},
      ...changes,
    };
  }

  /** A turn of `shell` that runs this script. */
  script(text: string, changes: Partial<TurnJob> = {}): TurnJob {
    return this.turn({ adapter: shell, ...changes }, { prompt: text, program: '' });
  }

  /** A step. */
  step(argv: readonly [string, ...string[]], changes: Partial<StepJob['step']> = {}): StepJob {
    this.#sessions += 1;
    const session = `step-${this.#sessions}`;
    const [binary, ...args] = argv;
    return {
      session,
      step: { name: 'check', path: [], binary, args, intent: 'read', rules: [], ...changes },
      stepNames: new Set(['check', 'fix']),
      cwd: this.folder,
      env: { ...this.fake.env },
      cols: 80,
      rows: 24,
      recordingFile: join(this.folder, `${session}.cast`),
    };
  }

  runTurn(job: TurnJob, clock: 'real' | 'manual' = 'real'): Running<TurnEnd> {
    return start(control => runTurn(this.deps(clock), job, control));
  }

  runStep(job: StepJob, clock: 'real' | 'manual' = 'real'): Running<StepEnd> {
    return start(control => runStep(this.deps(clock), job, control));
  }

  /** What a viewer of a session sees from its beginning, by its recording. */
  recorded(session: string): string {
    const [, ...lines] = readFileSync(join(this.folder, `${session}.cast`), 'utf8')
      .trimEnd()
      .split('\n');
    const outputs = lines.map(line => JSON.parse(line)).filter(([, kind]) => kind === 'o');
    return outputs.map(([, , text]) => text).join('');
  }
}

/** Waits until an event of this kind was told. */
export function eventOf<K extends AgentEvent['kind']>(
  running: Running<unknown>,
  kind: K,
): Promise<AgentEvent> {
  const find = () => running.events.find(event => event.kind === kind);
  return eventually(find, { what: `an event "${kind}"`, seen: () => running.events });
}

/** The outcome of a turn that ended by itself or by a watchdog. */
export async function outcomeOf(running: Running<TurnEnd>) {
  const end = await running.end;
  assert.equal(end.kind, 'ended', JSON.stringify(end));
  return end.outcome;
}

function start<T>(run: (control: TurnControl) => Promise<T>): Running<T> {
  const abort = new AbortController();
  const hurry = new AbortController();
  const events: AgentEvent[] = [];
  const opened: { readonly session: SessionInfo; readonly isNew: boolean }[] = [];
  const end = run({
    signal: abort.signal,
    hurry: hurry.signal,
    onEvent: event => events.push(event),
    onOpen: (session, isNew) => opened.push({ session, isNew }),
  });
  return { end, events, opened, abort: reason => abort.abort(reason), hurry: () => hurry.abort() };
}

async function connect(address: PtyHostAddress): Promise<PtyHostClient> {
  const started = await startPtyHost({ ...address, node: process.execPath, script, idleMs: 60_000 });
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  return started.value;
}
