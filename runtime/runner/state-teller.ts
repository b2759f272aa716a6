import type { Verdict } from '../agents/terminal/detector.ts';
import { askedIn, countRequests } from './asked.ts';
import type { LiveTerminal } from './live-terminal.ts';
import type { TurnControl } from './run-turn.ts';

/** Time between the first sign that a CLI waits and what it asks for: they come on different ways. */
const ASKED_MS = 1000;
/** Requests that come together are told together. */
const MORE_MS = 100;

/** What is looked at of a terminal. */
type Seen = Pick<LiveTerminal, 'verdict' | 'facts' | 'waitFor'>;

/** Tells the caller of a turn its conversation and the state of its terminal whenever they are others, until disposed. */
export class StateTeller implements Disposable {
  readonly #stop = new AbortController();

  constructor(terminal: Seen, control: TurnControl) {
    void this.#tellConversation(terminal, control);
    void this.#tell(terminal, control);
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  /** The name that the CLI gives it: a later turn goes on with it. */
  async #tellConversation(terminal: Seen, control: TurnControl): Promise<void> {
    const named = () => terminal.facts.findLast(fact => fact.kind === 'conversation')?.id;
    let told: string | undefined;
    for (;;) {
      if ((await terminal.waitFor(() => named() !== told)) === 'closed' || this.#stop.signal.aborted) return;
      told = named();
      if (told !== undefined) control.onEvent?.({ kind: 'ready', conversation: told });
    }
  }

  async #tell(terminal: Seen, control: TurnControl): Promise<void> {
    let told: string | undefined;
    /** Facts before the CLI last got on by itself. */
    let settled = 0;
    const requests = (): number => countRequests(terminal.facts.slice(settled));
    for (;;) {
      const isNew = (): boolean => keyOf(terminal.verdict.state, requests()) !== told;
      if ((await terminal.waitFor(isNew)) === 'closed') return;
      if (terminal.verdict.state.kind === 'waiting') {
        const isOver = (): boolean => terminal.verdict.state.kind !== 'waiting';
        if ((await terminal.waitFor(() => isOver() || requests() > 0, ASKED_MS)) === 'closed') return;
        if ((await terminal.waitFor(isOver, MORE_MS)) === 'closed') return;
      }
      if (this.#stop.signal.aborted) return;
      const { verdict } = terminal;
      told = keyOf(verdict.state, requests());
      tellState(verdict, terminal.facts.slice(settled), control);
      if (verdict.state.kind !== 'waiting') settled = terminal.facts.length;
    }
  }
}

function tellState(verdict: Verdict, facts: Seen['facts'], control: TurnControl): void {
  const { state, evidence, isGuessed } = verdict;
  // Before its first word nothing is unknown that was known.
  if (evidence.length === 0) return;
  control.onEvent?.({ kind: 'activity' });
  const said = speakingFor(state, evidence)
    .map(({ source, text }) => `${source}: ${text}`)
    .join('; ');
  const words = isGuessed ? `guessed from the screen; ${said}` : said;
  if (state.kind === 'working' || state.kind === 'unknown') {
    control.onEvent?.({ kind: 'state', state: state.kind, evidence: words });
  }
  if (state.kind === 'waiting') {
    const asked = askedIn(facts, verdict);
    control.onEvent?.({ kind: 'state', state: 'waiting', what: state.what, ...asked, evidence: words });
  }
}

/** The evidence that says so, where any does: the others are older, or do not know of it. */
function speakingFor({ kind }: Verdict['state'], evidence: Verdict['evidence']): Verdict['evidence'] {
  const agreeing = evidence.filter(({ state }) => state.kind === kind);
  return agreeing.length === 0 ? evidence : agreeing;
}

/** Of a CLI that waits every request counts: the dialog after an answer may follow without a pause. */
function keyOf(state: Verdict['state'], requests: number): string {
  return state.kind === 'waiting' ? `waiting ${state.what} ${requests}` : state.kind;
}
