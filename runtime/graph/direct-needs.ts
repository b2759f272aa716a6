/** Which phase really waits for which. */

/** A phase and the phases it needs, directly or not. */
export interface NeedingPhase {
  readonly name: string;
  readonly needs: readonly string[];
}

/** Needs without those that follow from others: what a file without `needs` has is "all earlier phases". */
export function directNeeds(phases: readonly NeedingPhase[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, ReadonlySet<string>>();
  const direct = new Map<string, readonly string[]>();
  for (const phase of phases) {
    const through = new Set(phase.needs.flatMap(need => [...(all.get(need) ?? [])]));
    all.set(phase.name, new Set([...through, ...phase.needs]));
    direct.set(
      phase.name,
      phase.needs.filter(need => !through.has(need)),
    );
  }
  return direct;
}
