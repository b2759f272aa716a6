/** Drops the keys of an object whose value is undefined: plans are JSON, where an absent value has no key. */
export function compact<T extends object>(value: T): T {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  // Only keys with an undefined value went, and the types of plans treat those as absent.
  return Object.fromEntries(entries) as T;
}
