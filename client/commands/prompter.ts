/** How commands ask and tell a person: the editor's own boxes, or those of a test. */

/** One choice of a list. */
export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

/** A question for a line of text. */
export interface TextQuestion {
  readonly title: string;
  readonly prompt: string;
  /** What the box holds at first. */
  readonly value?: string;
}

/** Something to say, with buttons. */
export interface Telling {
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  /** Waits for an answer in front of everything else. */
  readonly isModal?: boolean;
}

/** Asks and tells. Undefined is always: the person went away without an answer. */
export interface Prompter {
  text(question: TextQuestion): Promise<string | undefined>;
  choose<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined>;
  /** Shows a message; answers with the button that was pressed. */
  tell(telling: Telling, ...buttons: readonly string[]): Promise<string | undefined>;
}
