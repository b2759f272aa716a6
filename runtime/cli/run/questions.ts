/** Asks the person at the terminal what a run waits for: gates, picks, permissions, questions. One at a time. */
import type { DaemonClient } from '../../daemon/client.ts';
import type { NeedView } from '../../engine/projections.ts';
import type { Result } from '../../result.ts';
import { call } from '../connect.ts';
import type { CliFailure } from '../failure.ts';
import { printable, printableLine } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { needLine } from './live-view.ts';
import type { Presenter } from './presenter.ts';
import { ask } from './prompt.ts';

/** What asking needs. */
export interface QuestionPort {
  readonly terminal: Terminal;
  /** The connection as it is at this moment: it may have been made again. */
  daemon(): DaemonClient;
  readonly run: string;
  readonly presenter: Presenter;
  /** Ctrl-C while a question stands. */
  onInterrupt(): void;
}

/** Keeps asking as needs come up; a question whose need is gone (answered elsewhere) is taken back. */
export class Questions {
  readonly #port: QuestionPort;
  readonly #settled = new Set<string>();
  #current: { readonly id: string; readonly abort: AbortController } | undefined;
  #needs: readonly NeedView[] = [];
  #isClosed = false;

  constructor(port: QuestionPort) {
    this.#port = port;
  }

  /** Tells what the run waits for at this moment. */
  update(needs: readonly NeedView[]): void {
    this.#needs = needs;
    if (this.#current !== undefined) {
      const { id, abort } = this.#current;
      if (!needs.some(need => idOf(need) === id)) abort.abort();
      return;
    }
    void this.#askNext();
  }

  /** Takes back what is being asked, and asks no more. */
  close(): void {
    this.#isClosed = true;
    this.#current?.abort.abort();
  }

  async #askNext(): Promise<void> {
    const need = this.#needs.find(each => !this.#settled.has(idOf(each)));
    if (need === undefined || this.#isClosed) return;
    const abort = new AbortController();
    this.#current = { id: idOf(need), abort };
    this.#settled.add(idOf(need));
    const { presenter, onInterrupt } = this.#port;
    presenter.pause();
    const reply = await ask(this.#port.terminal, questionOf(need), { signal: abort.signal, onInterrupt });
    presenter.resume();
    this.#current = undefined;
    if (reply !== undefined) await this.#send(need, reply);
    await this.#askNext();
  }

  async #send(need: NeedView, reply: string): Promise<void> {
    const { presenter, run, terminal } = this.#port;
    const sent = await this.#request(need, reply);
    if (sent === undefined) presenter.say(`left open: ${needLine(run, need, terminal.stderr.style)}\n`);
    else if (!sent.ok) presenter.say(`${printableLine(sent.failure.message)}\n`);
  }

  /** Sends the reply; undefined if the person decided nothing. */
  async #request(need: NeedView, reply: string): Promise<Result<unknown, CliFailure> | undefined> {
    const { run } = this.#port;
    const daemon = this.#port.daemon();
    switch (need.kind) {
      case 'gate':
        return isYes(reply) ? call(daemon, 'run/approve', { run, gate: need.phase }) : undefined;
      case 'pick': {
        const worker =
          need.candidates[Number(reply) - 1] ?? need.candidates.find(each => matches(each, reply));
        return worker === undefined
          ? undefined
          : call(daemon, 'run/pick', { run, phase: need.phase, worker });
      }
      case 'permission':
        return call(daemon, 'run/answer', { run, worker: need.worker, text: isYes(reply) ? 'yes' : 'no' });
      case 'question':
        return reply === ''
          ? undefined
          : call(daemon, 'run/answer', { run, worker: need.worker, text: reply });
    }
  }
}

function matches(candidate: string, reply: string): boolean {
  return candidate === reply || candidate.endsWith(`/${reply}`);
}

function isYes(reply: string): boolean {
  return /^y(es)?$/i.test(reply);
}

function idOf(need: NeedView): string {
  return 'worker' in need
    ? `${need.kind} ${need.worker} ${need.since}`
    : `${need.kind} ${need.phase} ${need.since}`;
}

function questionOf(need: NeedView): string {
  switch (need.kind) {
    case 'gate':
      return `Phase "${printableLine(need.phase)}" waits for approval. Start it? [y/N] `;
    case 'pick': {
      const choices = need.candidates.map((each, at) => `  ${at + 1}  ${printableLine(each)}\n`).join('');
      return `Phase "${printableLine(need.phase)}": whose work goes on? (look: niia diff RUN WORKER)\n${choices}Number: `;
    }
    case 'permission':
      return `${printableLine(need.worker)} asks for permission:\n  ${printable(need.text)}\nAllow it? [y/N] `;
    case 'question':
      return `${printableLine(need.worker)} asks:\n  ${printable(need.text)}\nAnswer: `;
  }
}
