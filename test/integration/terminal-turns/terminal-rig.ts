/** Turns in the live terminal of a stand-in for claude, on a real PTY host. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentEvent } from '../../../runtime/agents/adapter.ts';
import { claudeTerminal } from '../../../runtime/agents/terminal/claude.ts';
import { runTerminalTurn } from '../../../runtime/runner/run-terminal-turn.ts';
import type { TurnEnd } from '../../../runtime/runner/run-turn.ts';
import type { GivenAnswer, TerminalTurnJob } from '../../../runtime/runner/terminal-turn-job.ts';
import { eventually } from '../../support/wait.ts';
import { RunnerRig } from '../agents/runner-rig.ts';

const tui = fileURLToPath(new URL('fake-tui.mjs', import.meta.url));

/** A turn under way. */
export interface RunningTurn {
  readonly end: Promise<TurnEnd>;
  readonly events: readonly AgentEvent[];
  abort(reason: 'unwanted' | 'closing'): void;
  answer(answer: GivenAnswer): void;
}

/** The rig. */
export class TerminalTurnRig implements AsyncDisposable {
  readonly runner: RunnerRig;
  #prompts = 0;

  private constructor(runner: RunnerRig) {
    this.runner = runner;
    const program = join(runner.folder, 'claude');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${tui}' "$@"\n`);
    chmodSync(program, 0o755);
  }

  static async start(): Promise<TerminalTurnRig> {
    return new TerminalTurnRig(await RunnerRig.start());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runner[Symbol.asyncDispose]();
  }

  /** Runs a turn with this prompt in the terminal `session`. */
  run(prompt: string, changes: Partial<TerminalTurnJob> = {}): RunningTurn {
    this.#prompts += 1;
    const promptFile = join(this.runner.folder, `prompt-${this.#prompts}.md`);
    writeFileSync(promptFile, prompt);
    const { env = {}, ...rest } = changes;
    const base = this.runner.turn(
      { transport: 'terminal', session: 'live', ...rest },
      { prompt, promptFile, program: join(this.runner.folder, 'claude') },
    );
    const job = {
      ...base,
      cli: changes.cli ?? claudeTerminal,
      keepsTerminal: changes.keepsTerminal ?? false,
      isAttended: changes.isAttended ?? true,
      env: { ...base.env, HOME: this.runner.folder, ...env },
      request: { ...base.request, ...changes.request },
    };
    return this.#start(job);
  }

  /** Runs a turn whose CLI notes in a file what it uses. */
  spend(prompt: string, changes: Partial<TerminalTurnJob> = {}): RunningTurn {
    const env = { FAKE_TUI_TRANSCRIPT: join(this.runner.folder, 'conversation.jsonl') };
    return this.run(prompt, { ...changes, env });
  }

  /** Takes up a turn again, as a daemon that is started anew. */
  again(prompt: string): RunningTurn {
    this.#prompts -= 1;
    return this.run(prompt);
  }

  /** Whether the CLI's process lives. */
  async isAlive(session = 'live'): Promise<boolean> {
    const listed = await this.runner.client.list();
    return listed.ok && listed.value.sessions.some(({ id, exit }) => id === session && exit === null);
  }

  #start(job: TerminalTurnJob): RunningTurn {
    const abort = new AbortController();
    const events: AgentEvent[] = [];
    const answers: GivenAnswer[] = [];
    const end = runTerminalTurn(this.runner.deps(), job, {
      signal: abort.signal,
      onEvent: event => events.push(event),
      nextAnswer: signal => firstOf(answers, signal),
    });
    return {
      ...{ end, events },
      abort: reason => abort.abort(reason),
      answer: answer => void answers.push(answer),
    };
  }
}

/** The first answer once there is one; undefined once nobody waits for it. */
async function firstOf(answers: GivenAnswer[], signal: AbortSignal): Promise<GivenAnswer | undefined> {
  const next = await eventually(() => (signal.aborted ? 'nobody waits' : answers.shift()), {
    what: 'an answer',
    timeoutMs: 60_000,
  });
  return next === 'nobody waits' ? undefined : next;
}

/** Waits until the turn has told this state. */
export async function stateOf(
  turn: RunningTurn,
  state: 'working' | 'waiting' | 'unknown',
): Promise<AgentEvent> {
  return eventually(() => turn.events.find(event => event.kind === 'state' && event.state === state), {
    what: `the state "${state}"`,
    seen: () => turn.events,
  });
}

/** The answer of a turn that has one. */
export async function answerOf(turn: RunningTurn): Promise<string> {
  const end = await turn.end;
  if (end.kind !== 'ended' || end.outcome.kind !== 'answered') throw new Error(JSON.stringify(end));
  return end.outcome.answer;
}

/** What was typed, as the recording shows its echo. */
export function recordingOf(rig: TerminalTurnRig, session = 'live'): string {
  return readFileSync(join(rig.runner.folder, `${session}.cast`), 'utf8');
}
