/** What a turn in a CLI's live terminal is given. */
import type { TerminalCli } from '../agents/terminal/terminal-cli.ts';
import type { TurnControl, TurnJob } from './run-turn.ts';

/** What a person answers to a CLI that waits. */
export interface GivenAnswer {
  readonly text: string;
  readonly isGranted: boolean;
}

/** A turn in a live terminal. */
export interface TerminalTurnJob extends TurnJob {
  readonly cli: TerminalCli;
  /** The terminal goes on after an answer: a next turn with the same `session` goes on in it. */
  readonly keepsTerminal: boolean;
  /** A person can be asked: a turn that waits or is broken off goes on waiting. */
  readonly isAttended: boolean;
}

/** How the caller takes part in such a turn. */
export interface TerminalTurnControl extends TurnControl {
  /** The next answer a person gives; asked for while the CLI waits. */
  nextAnswer?(signal: AbortSignal): Promise<GivenAnswer | undefined>;
}
