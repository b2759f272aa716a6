/** Which workers have tabs: remembered over a reload of the window, in order and with their splits. Pure. */

/** A tab. */
export interface OpenTab {
  readonly run: string;
  /** The worker's key. */
  readonly worker: string;
  /** Tabs of one number stand side by side. */
  readonly group?: number;
}

/** What a window remembers. */
export interface TabMemory {
  /** In the order of their opening. */
  readonly tabs: readonly OpenTab[];
  /** Runs whose workers' tabs were opened by themselves, with the workers that had one: a closed tab stays closed. */
  readonly offered: Readonly<Record<string, readonly string[]>>;
}

/** Reads what was stored, by this or another version; what is no tab is left out. */
export function readTabMemory(stored: unknown): TabMemory {
  const { tabs, offered } = asRecord(stored);
  return {
    tabs: Array.isArray(tabs) ? tabs.flatMap(readTab) : [],
    offered: Object.fromEntries(
      Object.entries(asRecord(offered)).map(([run, workers]) => [
        run,
        Array.isArray(workers) ? workers.filter(worker => typeof worker === 'string') : [],
      ]),
    ),
  };
}

function readTab(value: unknown): readonly OpenTab[] {
  const { run, worker, group } = asRecord(value);
  if (typeof run !== 'string' || typeof worker !== 'string') return [];
  return [{ run, worker, ...(typeof group === 'number' ? { group } : {}) }];
}

/** Runs whose offered tabs are remembered: the latest. */
const MAX_RUNS = 50;

/** What is worth remembering: of many runs, the latest. */
export function bounded({ tabs, offered }: TabMemory): TabMemory {
  return { tabs, offered: Object.fromEntries(Object.entries(offered).slice(-MAX_RUNS)) };
}

/** A worker as the rule for tabs that open by themselves sees it. */
export interface TabCandidate {
  readonly key: string;
  readonly sessions: readonly string[];
  readonly hasEnded: boolean;
}

/**
 * The workers whose tabs open by themselves: those at work that had no tab yet, in a run of at most `limit` workers.
 * Larger runs open on demand only.
 */
export function tabsToOpen(
  workers: readonly TabCandidate[],
  offered: readonly string[],
  limit: number,
): readonly string[] {
  if (workers.length > limit) return [];
  return workers
    .filter(({ key, sessions, hasEnded }) => sessions.length > 0 && !hasEnded && !offered.includes(key))
    .map(({ key }) => key);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  // Any object can be looked into by key.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
