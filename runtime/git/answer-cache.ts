/** Answers about commits, which never change: the same question to git is asked once. */
export class AnswerCache<T> {
  readonly #answers = new Map<string, T>();
  readonly #limit: number;

  /** Keeps at most `limit` answers; the oldest go first. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(question: string): T | undefined {
    return this.#answers.get(question);
  }

  set(question: string, answer: T): void {
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= this.#limit && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(question, answer);
  }
}
