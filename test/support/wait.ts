/** Options of `eventually`. */
export type EventuallyOptions = {
  /** What is waited for, in the error's words. */
  readonly what: string;
  /** Deadline; generous, because it is only reached when the test fails. */
  readonly timeoutMs?: number;
  /** What was seen instead; printed when the deadline passes. */
  readonly seen?: () => unknown;
};

const POLL_MS = 5;

/**
 * Waits until `probe` returns something other than undefined, null or false, and returns that. Polls, because what is
 * waited for may live in another process. Throws with what was seen when the deadline passes.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: EventuallyOptions,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + (options.timeoutMs ?? 20_000);
  for (;;) {
    const value = await probe();
    if (isThere(value)) return value;
    if (performance.now() > deadline) throw new Error(describe(options));
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}

function isThere<T>(value: T): value is Exclude<T, undefined | null | false> {
  return value !== undefined && value !== null && value !== false;
}

function describe({ what, seen }: EventuallyOptions): string {
  const dump = seen === undefined ? '' : `; seen: ${format(seen())}`;
  return `waited in vain for ${what}${dump}`;
}

function format(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}

/** Settles as `promise` does, or rejects with `what` when the deadline passes first. */
export async function within<T>(promise: Promise<T>, options: EventuallyOptions): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(describe(options))), options.timeoutMs ?? 20_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
