/**
 * The outcome of an operation whose failure is expected: callers look at `ok` instead of catching.
 * Exceptions are kept for bugs.
 */
export type Result<T, F> = Ok<T> | Err<F>;

/** A success with its value. */
export type Ok<T> = { readonly ok: true; readonly value: T };

/** An expected failure with what a message about it needs. */
export type Err<F> = { readonly ok: false; readonly failure: F };

/** Makes a success. */
export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** Makes an expected failure. */
export function err<F>(failure: F): Err<F> {
  return { ok: false, failure };
}

/** For the end of an exhaustive switch: a compile error where a case is missing, a thrown bug at run time. */
export function unreachable(value: never): never {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`);
}
