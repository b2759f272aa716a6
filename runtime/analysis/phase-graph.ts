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

  /** Places of the earlier phases that `needs` names; undefined = all earlier ones. */
  const namedPlacesOf = (phase: PhaseOutline): readonly number[] | undefined => {
    const place = placeOf(phase);
    const named = namedNeedsOf(phase)?.map(name => places.get(name) ?? place);
    return named?.filter(other => other < place);
  };

  let sets: ReadonlyMap<PhaseOutline, PlaceSet> | undefined;
  const setOf = (phase: PhaseOutline): PlaceSet | undefined => {
    sets ??= finishedPlaces(order, placeOf, namedPlacesOf);
    return sets.get(phase);
  };

  const isFinishedBefore = (name: string, phase: PhaseOutline): boolean => {
    const place = places.get(name);
    return place !== undefined && place < placeOf(phase) && setOf(phase)?.has(place) === true;
  };
  const finishedBefore = (phase: PhaseOutline): ReadonlySet<string> =>
    new Set(order.map(other => other.name).filter(name => isFinishedBefore(name, phase)));

  return { needsOf, finishedBefore, isFinishedBefore };
}

/** For every phase the places of all that are over when it starts. `needs` points backwards, so earlier sets are there. */
function finishedPlaces(
  order: readonly PhaseOutline[],
  placeOf: (phase: PhaseOutline) => number,
  namedPlacesOf: (phase: PhaseOutline) => readonly number[] | undefined,
): ReadonlyMap<PhaseOutline, PlaceSet> {
  const sets = new Map<PhaseOutline, PlaceSet>();
  for (const phase of order) {
    const set = new PlaceSet(placeOf(phase));
    const named = namedPlacesOf(phase);
    if (named === undefined) set.fill();
    // From the last: it has mostly waited for the others, which then need no look.
    for (const place of (named ?? []).toSorted((a, b) => b - a)) {
      const other = order[place];
      if (other && !set.has(place)) set.addWith(place, sets.get(other));
    }
    sets.set(phase, set);
  }
  return sets;
}

/** Places of phases as bits: as lists, all sets of a file together would grow with its square. */
class PlaceSet {
  readonly #end: number;
  readonly #words: Uint32Array;

  /** Holds places below `end`. */
  constructor(end: number) {
    this.#end = end;
    this.#words = new Uint32Array((end >> 5) + 1);
  }

  has(place: number): boolean {
    return (((this.#words[place >> 5] ?? 0) >>> (place & 31)) & 1) === 1;
  }

  /** Adds all places below the end. */
  fill(): void {
    const last = this.#words.length - 1;
    this.#words.fill(0xffffffff, 0, last);
    this.#words[last] = (1 << (this.#end & 31)) - 1;
  }

  /** Adds a place and those that are over before it. */
  addWith(place: number, before: PlaceSet | undefined): void {
    if (before) for (let at = 0; at < before.#words.length; at++) this.#or(at, before.#words[at] ?? 0);
    this.#or(place >> 5, 1 << (place & 31));
  }

  #or(at: number, word: number): void {
    this.#words[at] = (this.#words[at] ?? 0) | word;
  }
}

function namedNeeds(phase: PhaseOutline): readonly string[] | undefined {
  const needs = member(ownNode(phase), 'needs');
  return needs?.kind === 'array' ? [...new Set(textsOf(needs))] : undefined;
}
