/** Turns of real CLIs in their live terminals: the real programs on a real PTY host, a fake model, private homes. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentAdapter, AgentEvent, TurnRequest } from '../../runtime/agents/adapter.ts';
import { adapterFor } from '../../runtime/agents/registry.ts';
import { terminalCliFor } from '../../runtime/agents/terminal/terminal-clis.ts';
import type { PtyHostClient } from '../../runtime/pty/client.ts';
import { startPtyHost } from '../../runtime/pty/start.ts';
import { sessionHostOf } from '../../runtime/runner/pty-session-host.ts';
import { runTerminalTurn } from '../../runtime/runner/run-terminal-turn.ts';
import type { TurnEnd } from '../../runtime/runner/run-turn.ts';
import { systemClock } from '../../runtime/runner/session-host.ts';
import type { GivenAnswer, TerminalTurnJob } from '../../runtime/runner/terminal-turn-job.ts';
import { eventually } from '../support/wait.ts';
import { cliEnv, makePrivateFolder } from './cli-home.ts';
import { type ModelApi, startModelApi } from './model-api.ts';
import { type CliName, ensureCli } from './real-clis.ts';

const script = fileURLToPath(new URL('../../runtime/pty/main.ts', import.meta.url));

/** A turn under way. */
export interface LiveTurn {
  readonly end: Promise<TurnEnd>;
  readonly events: readonly AgentEvent[];
  abort(): void;
  answer(text: string, isGranted?: boolean): void;
}

/** What is asked for. */
export interface LiveRequest extends Partial<TurnRequest> {
  /** How the model answers, see fake-model-api.mjs. */
  readonly replies: readonly unknown[];
  readonly isAttended?: boolean;
  readonly keepsTerminal?: boolean;
  readonly limits?: TerminalTurnJob['limits'];
  /** Wins over what its private home sets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One CLI in terminals, and what its model was asked. */
export class LiveRig implements AsyncDisposable {
  /** Where the CLI works. */
  readonly project: string;
  readonly #name: CliName;
  readonly #folder: { readonly path: string } & Disposable;
  readonly #api: ModelApi;
  readonly #host: PtyHostClient;
  /** Ids of the conversations by terminal, as the daemon would give them. */
  readonly #conversations = new Map<string, string>();
  #turns = 0;

  private constructor(
    name: CliName,
    folder: { readonly path: string } & Disposable,
    api: ModelApi,
    host: PtyHostClient,
  ) {
    this.#name = name;
    this.#folder = folder;
    this.#api = api;
    this.#host = host;
    this.project = join(folder.path, 'project');
    for (const path of [this.project, join(folder.path, 'home')]) mkdirSync(path);
  }

  static async start(name: CliName): Promise<LiveRig> {
    const folder = makePrivateFolder();
    const address = {
      socketPath: join(folder.path, 'run', 'pty.sock'),
      stateDir: join(folder.path, 'state'),
    };
    const started = await startPtyHost({ ...address, node: process.execPath, script, idleMs: 60_000 });
    if (!started.ok) throw new Error(JSON.stringify(started.failure));
    return new LiveRig(name, folder, await startModelApi(), started.value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.shutdown({ kill: true });
    await this.#host.closed;
    await this.#api[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }

  /** Starts a turn in the terminal `session`. */
  turn(session: string, request: LiveRequest): LiveTurn {
    const job = this.#jobOf(session, request);
    const abort = new AbortController();
    const events: AgentEvent[] = [];
    const answers: GivenAnswer[] = [];
    const end = runTerminalTurn({ host: sessionHostOf(this.#host), clock: systemClock }, job, {
      signal: abort.signal,
      onEvent: event => events.push(event),
      nextAnswer: signal =>
        eventually(() => (signal.aborted ? 'over' : answers.shift()), {
          what: 'an answer',
          seen: () => events,
          timeoutMs: 600_000,
        }).then(answer => (answer === 'over' ? undefined : answer)),
    });
    return {
      end,
      events,
      abort: () => abort.abort('unwanted'),
      answer: (text, isGranted = true) => void answers.push({ text, isGranted }),
    };
  }

  /** Says how the fake model answers prompts that do not say so themselves. */
  async script(rules: readonly unknown[]): Promise<void> {
    await fetch(`${this.#api.url}/__control/script`, { method: 'POST', body: JSON.stringify({ rules }) });
  }

  /** Waits for something that a CLI does. */
  async until(probe: () => boolean, what: string): Promise<void> {
    await eventually(probe, { what, timeoutMs: 120_000 });
  }

  /** Everything that the model was asked, as JSON. */
  async asked(): Promise<string> {
    const response = await fetch(`${this.#api.url}/__control/requests?full=1`);
    return await response.text();
  }

  #jobOf(session: string, asked: LiveRequest): TerminalTurnJob {
    const { replies, isAttended = true, keepsTerminal = false, limits, env = {}, ...request } = asked;
    this.#turns += 1;
    const found = ensureCli(this.#name);
    const [adapter, cli] = [adapterFor(this.#name), terminalCliFor(this.#name, process.platform)];
    assert.ok(found.kind === 'ready' && adapter !== undefined && cli !== undefined, this.#name);
    const recordingFile = join(this.#folder.path, 'sessions', `${session}.cast`);
    mkdirSync(dirname(recordingFile), { recursive: true });
    const prompt = `${request.prompt ?? 'Do it.'} %%fake${JSON.stringify(replies)}`;
    const promptFile = join(this.#folder.path, `prompt-${this.#turns}.md`);
    writeFileSync(promptFile, prompt);
    return {
      ...{ session, adapter, cli, keepsTerminal, isAttended, recordingFile },
      request: {
        permission: 'full',
        ...this.#conversationOf(session, adapter),
        args: [],
        platform: process.platform,
        filesDir: join(this.#folder.path, `${session}.files`),
        folders: [{ path: this.#folder.path, access: 'read' }],
        ...request,
        ...{ prompt, promptFile, program: found.program },
      },
      transport: 'terminal',
      cwd: this.project,
      env: {
        ...cliEnv(this.#name, join(this.#folder.path, 'home'), this.#api.url, [found.binDir]),
        ...{ TERM: 'xterm-256color', COLORTERM: 'truecolor', IS_SANDBOX: '1' },
        ...env,
      },
      ...{ cols: 100, rows: 30 },
      outputFile: join(this.#folder.path, `${session}.out`),
      limits: limits ?? { startTimeoutMs: 90_000, stallTimeoutMs: 120_000 },
    };
  }

  #conversationOf(session: string, { conversationNames }: AgentAdapter): Pick<TurnRequest, 'conversation'> {
    if (conversationNames === 'its own') return {};
    const known = this.#conversations.get(session);
    const id = known ?? randomUUID();
    this.#conversations.set(session, id);
    return { conversation: { id, isNew: known === undefined } };
  }
}

/** The answer of a turn that has one. */
export async function answerOf(turn: LiveTurn): Promise<string> {
  const end = await turn.end;
  assert.ok(end.kind === 'ended' && end.outcome.kind === 'answered', JSON.stringify([end, turn.events]));
  return end.outcome.answer.trim();
}

/** Waits until the turn has told that a person is needed for this; what is asked. */
export async function untilAsked(turn: LiveTurn, what: 'permission' | 'question'): Promise<string> {
  const asked = (event: AgentEvent): readonly string[] =>
    event.kind === 'state' && event.state === 'waiting' && event.what === what ? [event.text] : [];
  return await eventually(() => turn.events.flatMap(asked)[0], {
    what: `a person to be asked for a ${what}`,
    seen: () => turn.events,
    timeoutMs: 120_000,
  });
}
