/** Which workers have tabs, as a window remembers it when it is loaded anew: in order, with their splits. */

/** A tab. */
export interface OpenTab {
  readonly run: string;
  /** The worker's key. */
  readonly worker: string;
  /** Tabs of one number stand side by side. */
  readonly group?: number;
}

/** Reads what was stored, by this or another version; what is no tab is left out. */
export function readOpenTabs(stored: unknown): readonly OpenTab[] {
  return Array.isArray(stored) ? stored.flatMap(readTab) : [];
}

function readTab(value: unknown): readonly OpenTab[] {
  if (typeof value !== 'object' || value === null) return [];
  // Any object can be looked into by key.
  const { run, worker, group } = value as Readonly<Record<string, unknown>>;
  if (typeof run !== 'string' || typeof worker !== 'string') return [];
  return [{ run, worker, ...(typeof group === 'number' && { group }) }];
}
