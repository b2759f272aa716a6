import type { Verdict } from '../agents/terminal/detector.ts';
import type { LiveTerminal } from './live-terminal.ts';
import type { TurnControl } from './run-turn.ts';

/** Tells the caller of a turn the state of its terminal whenever it is another one, until disposed. */
export class StateTeller implements Disposable {
  readonly #stop = new AbortController();

  constructor(terminal: LiveTerminal, control: TurnControl) {
    void this.#tell(terminal, control);
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #tell(terminal: LiveTerminal, control: TurnControl): Promise<void> {
    let last: Verdict['state'] | undefined;
    for (;;) {
      const isNew = (): boolean => keyOf(terminal.verdict.state) !== (last && keyOf(last));
      if ((await terminal.waitFor(isNew)) === 'closed' || this.#stop.signal.aborted) return;
      const { state, evidence, isGuessed } = terminal.verdict;
      last = state;
      // Before its first word nothing is unknown that was known.
      if (evidence.length === 0) continue;
      control.onEvent?.({ kind: 'activity' });
      const said = evidence.map(({ source, text }) => `${source}: ${text}`).join('; ');
      const words = isGuessed ? `guessed from the screen; ${said}` : said;
      if (state.kind === 'working' || state.kind === 'unknown') {
        control.onEvent?.({ kind: 'state', state: state.kind, evidence: words });
      }
      if (state.kind === 'waiting') {
        control.onEvent?.({ kind: 'state', state: 'waiting', what: state.what, evidence: words });
      }
    }
  }
}

function keyOf(state: Verdict['state']): string {
  return state.kind === 'waiting' ? `waiting ${state.what}` : state.kind;
}
