import type { Usage } from '../agents/adapter.ts';
import type { UseFact } from '../agents/terminal/terminal-cli.ts';
import { NotedUsage } from '../agents/usage-notes.ts';
import type { LiveTerminal } from './live-terminal.ts';
import type { TurnControl } from './run-turn.ts';
import type { TurnMark } from './turn-mark.ts';

/** What a turn in a live terminal uses, by what its CLI notes of the conversation: told as it comes, and known at the end. */
export class TurnSpending {
  readonly #terminal: LiveTerminal;
  readonly #control: TurnControl;
  readonly #noted = new NotedUsage();
  #mark: TurnMark | undefined;
  #seen = 0;
  #model: string | undefined;
  #total: Usage | undefined;

  constructor(terminal: LiveTerminal, control: TurnControl) {
    this.#terminal = terminal;
    this.#control = control;
  }

  /** Tells everything that is used from here on, until the terminal is gone. */
  async tellFrom(mark: TurnMark): Promise<void> {
    this.#mark = mark;
    for (;;) {
      this.#catchUp();
      const end = await this.#terminal.waitFor(() => this.#terminal.uses.length > this.#seen);
      if (end === 'closed') return;
    }
  }

  /** What the turn has used so far; undefined = its CLI does not say. */
  total(): Usage | undefined {
    this.#catchUp();
    return this.#total;
  }

  #catchUp(): void {
    const { uses } = this.#terminal;
    for (; this.#seen < uses.length; this.#seen += 1) {
      const use = uses[this.#seen];
      if (use !== undefined) this.#take(use, this.#seen);
    }
  }

  #take(use: UseFact, index: number): void {
    if (use.kind === 'model') {
      this.#model = use.model;
      return;
    }
    if (this.#mark === undefined || isBefore(use, index, this.#mark)) return;
    const model = use.model ?? this.#model;
    this.#total = this.#noted.add(use);
    this.#control.onEvent?.({
      kind: 'usage',
      usage: this.#total,
      ...(model === undefined ? {} : { model }),
    });
  }
}

function isBefore({ at }: UseFact & { kind: 'used' }, index: number, mark: TurnMark): boolean {
  return index < mark.uses || (at !== undefined && Date.parse(at) < mark.at);
}
