import type { PlannedPhase, PlannedRoute } from './plan.ts';

/**
 * Gives routes that differ different labels. A label identifies a model for a whole run ("claude (opus) is down until
 * 14:00"), so two routes share one only if they start the same program with the same arguments and environment.
 */
export function distinctLabels(phases: readonly PlannedPhase[]): readonly PlannedPhase[] {
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  const rename = (route: PlannedRoute): PlannedRoute => {
    const key = identityOf(route);
    let label = labels.get(key);
    if (label === undefined) {
      label = firstFree(route, taken);
      labels.set(key, label);
      taken.add(label);
    }
    return label === route.label ? route : { ...route, label };
  };
  return phases.map(phase => ({
    ...phase,
    workers: phase.workers.map(worker => ({ ...worker, routes: worker.routes.map(rename) })),
  }));
}

function identityOf({ adapter, model, args, env, command }: PlannedRoute): string {
  return JSON.stringify([adapter, model ?? null, args, Object.entries(env).sort(), command ?? null]);
}

function firstFree({ label, alias }: PlannedRoute, taken: ReadonlySet<string>): string {
  if (!taken.has(label)) return label;
  const base = alias === undefined || alias.length > 40 ? label : `${label} as ${alias}`;
  let candidate = base === label ? `${label} #2` : base;
  for (let n = 2; taken.has(candidate); n += 1) candidate = `${base} #${n}`;
  return candidate;
}
