/** What the review commands need of the window: kept apart, so that what people are asked can be tested as text. */
import type { Runs } from '../runs/runs.ts';

/** A question that must be answered before anything is done. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly actions: readonly string[];
  /** Something would be lost. */
  readonly isDangerous?: boolean;
}

/** One entry of a list to choose from. */
export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
  /** Looks at the entry without choosing it. */
  readonly peek?: () => void;
}

/** A wish for a line of text. */
export interface TextWish {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
  /** Why a value cannot be taken; undefined if it can. */
  check(value: string): string | undefined;
}

/** A program to run where the user sees it. Never a shell line. */
export interface VisibleCommand {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
}

/**
 * What a changed file looks like on one side. Paths are absolute, and the same on both sides but for renamed files: that is
 * how the editor knows a renamed file.
 */
export type Side =
  /** A blob of the repository. */
  | { readonly kind: 'blob'; readonly path: string; readonly object: string }
  /** A file on disk that is still being worked on. */
  | { readonly kind: 'file'; readonly path: string }
  /** A sentence in place of what is no text. */
  | { readonly kind: 'note'; readonly path: string; readonly text: string };

/** Files to show side by side. */
export interface SideBySide {
  readonly title: string;
  /** Run that the blobs are asked of. */
  readonly run: string;
  readonly files: readonly {
    /** Absolute path that names the file. */
    readonly label: string;
    readonly old?: Side;
    readonly new?: Side;
  }[];
}

/** The window. Answers of people are the text of the action they chose, or undefined if they chose none. */
export interface ReviewHost {
  readonly runs: Pick<Runs, 'list' | 'load' | 'request'>;
  isTrusted(): boolean;
  /** Asks in a dialog that cannot be overlooked. */
  confirm(question: Question): Promise<string | undefined>;
  /** Tells something in a notification. */
  tell(level: 'info' | 'warning', message: string, actions?: readonly string[]): Promise<string | undefined>;
  choose<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined>;
  /** Has two entries chosen; undefined if it were not two. */
  chooseTwo<T>(title: string, choices: readonly Choice<T>[]): Promise<readonly [T, T] | undefined>;
  ask(wish: TextWish): Promise<string | undefined>;
  show(files: SideBySide): Promise<void>;
  /** Runs another command of the editor. */
  execute(command: string, argument?: unknown): Promise<void>;
  runVisibly(command: VisibleCommand): Promise<void>;
}
