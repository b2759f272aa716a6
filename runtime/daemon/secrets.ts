/** The secret values of a run, and their removal from whatever is written down (spec §3 `env`). */

/** Knows secret values, and replaces them in texts. */
export interface Secrets {
  /** Remembers values. Short ones are no secrets: replacing them would garble every text. */
  add(values: Iterable<string>): void;
  redact(text: string): string;
}
