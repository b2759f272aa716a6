/** Which phases are over before a phase starts (spec §5 `needs`). */
import { ownNode } from './inheritance.ts';
import { member, textsOf } from './json-node.ts';
import type { Outline, PhaseOutline } from './outline.ts';

/** The phases of a file as a graph. `needs` points backwards only, so it has no cycles. */
export interface PhaseGraph {
  /** Names of the phases a phase waits for: `needs` as far as it names earlier phases, else all earlier ones. */
  readonly needsOf: (phase: PhaseOutline) => readonly string[];
  /** Names of all phases that are over when a phase starts: what it waits for, and what those waited for. */
  readonly finishedBefore: (phase: PhaseOutline) => ReadonlySet<string>;
  /** Whether one of them has that name: the same, without all the names. */
  readonly isFinishedBefore: (name: string, phase: PhaseOutline) => boolean;
}

/** Reads the graph; of phases with one name the first counts. */
export function readPhaseGraph(outline: Outline): PhaseGraph {
  const order = outline.phases;
  const places = new Map<string, number>();
  for (const [place, phase] of order.entries()) if (!places.has(phase.name)) places.set(phase.name, place);
  const placeOf = (phase: PhaseOutline) => places.get(phase.name) ?? 0;

  const known = new Map<PhaseOutline, readonly string[] | undefined>();
  const namedNeedsOf = (phase: PhaseOutline): readonly string[] | undefined => {
    if (!known.has(phase)) known.set(phase, namedNeeds(phase));
    return known.get(phase);
  };

  const needsOf = (phase: PhaseOutline): readonly string[] => {
    const place = placeOf(phase);
    const named = namedNeedsOf(phase);
    if (named === undefined) return order.slice(0, place).map(other => other.name);
    return named.filter(name => (places.get(name) ?? place) < place);
  };

  const finishedBefore = (phase: PhaseOutline): ReadonlySet<string> => {
    const finished = new Set<string>();
    const open = [phase];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const name of needsOf(at)) {
        if (finished.has(name)) continue;
        finished.add(name);
        const next = order[places.get(name) ?? -1];
        // A phase without `needs` waits for everything before it: nothing more to find behind those.
        if (next && namedNeedsOf(at) !== undefined) open.push(next);
      }
    }
    return finished;
  };

  /** Places of the earlier phases that `needs` names; undefined = all earlier ones. */
  const namedPlacesOf = (phase: PhaseOutline): readonly number[] | undefined => {
    const place = placeOf(phase);
    const named = namedNeedsOf(phase)?.map(name => places.get(name) ?? place);
    return named?.filter(other => other < place);
  };

  let named: readonly (readonly number[] | undefined)[] | undefined;
  const isFinishedBefore = (name: string, phase: PhaseOutline): boolean => {
    const place = placeOf(phase);
    const wanted = places.get(name) ?? place;
    if (wanted >= place) return false;
    named ??= order.map(namedPlacesOf);
    const seen = new Uint8Array(place);
    const open = [order[place] === phase ? named[place] : namedPlacesOf(phase)];
    while (open.length > 0) {
      const waitedFor = open.pop();
      if (waitedFor === undefined) return true;
      for (const other of waitedFor) {
        if (other === wanted) return true;
        // What comes before the wanted phase does not wait for it.
        if (other < wanted || seen[other]) continue;
        seen[other] = 1;
        open.push(named[other]);
      }
    }
    return false;
  };
  return { needsOf, finishedBefore, isFinishedBefore };
}

function namedNeeds(phase: PhaseOutline): readonly string[] | undefined {
  const needs = member(ownNode(phase), 'needs');
  return needs?.kind === 'array' ? [...new Set(textsOf(needs))] : undefined;
}
