/** Workers that get their model without naming it (spec §4): what adding or removing an alias may change. */
import type { Analysis } from '../../../runtime/analysis/analyze.ts';
import { effectiveModel } from '../../../runtime/analysis/inheritance.ts';
import { needsModel } from '../../../runtime/analysis/outline.ts';

/** Whether some worker, or the interactive session, gets this alias because it is `primary` or the only one. */
export function isUsedByDefault({ outline, names }: Analysis, alias: string): boolean {
  const route = names.aliases.get(alias);
  if (route === undefined) return false;
  if (outline.isInteractive && effectiveModel(undefined, undefined, names)?.node === route) return true;
  return outline.phases.some(phase =>
    phase.members.some(
      worker => needsModel(phase, worker) && effectiveModel(phase, worker, names)?.node === route,
    ),
  );
}
