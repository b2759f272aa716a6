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

  const rows = new Map(order.map((phase, row) => [phase, row]));
  let table: PlaceTable | undefined;
  const isFinishedBefore = (name: string, phase: PhaseOutline): boolean => {
    const place = places.get(name);
    const row = rows.get(phase);
    if (place === undefined || row === undefined || place >= placeOf(phase)) return false;
    table ??= finishedPlaces(order, placeOf, namedPlacesOf);
    return table.has(row, place);
  };
  const finishedBefore = (phase: PhaseOutline): ReadonlySet<string> =>
    new Set(order.map(other => other.name).filter(name => isFinishedBefore(name, phase)));

  return { needsOf, finishedBefore, isFinishedBefore };
}

/** For every phase the places of all that are over when it starts. `needs` points backwards, so earlier rows are there. */
function finishedPlaces(
  order: readonly PhaseOutline[],
  placeOf: (phase: PhaseOutline) => number,
  namedPlacesOf: (phase: PhaseOutline) => readonly number[] | undefined,
): PlaceTable {
  const table = new PlaceTable(order.length);
  for (const [row, phase] of order.entries()) {
    const named = namedPlacesOf(phase);
    if (named === undefined) table.addAllBefore(row, placeOf(phase));
    // From the last: it has mostly waited for the others, which then need no look.
    else for (const place of [...named].sort((a, b) => b - a)) table.addWithEarlier(row, place);
  }
  return table;
}

/** A row for every phase: a set of earlier places, as bits. As lists, all rows together would grow with their square. */
class PlaceTable {
  /** Words of a row. */
  readonly #width: number;
  readonly #words: Uint32Array;

  constructor(rows: number) {
    this.#width = (rows >> 5) + 1;
    this.#words = new Uint32Array(rows * this.#width);
  }

  has(row: number, place: number): boolean {
    const word = this.#words[row * this.#width + (place >> 5)] ?? 0;
    return ((word >>> (place & 31)) & 1) === 1;
  }

  /** Adds all places below one. */
  addAllBefore(row: number, place: number): void {
    const start = row * this.#width;
    const end = start + (place >> 5);
    this.#words.fill(0xffffffff, start, end);
    this.#words[end] = (1 << (place & 31)) - 1;
  }

  /** Adds a place and all of its own row. */
  addWithEarlier(row: number, place: number): void {
    if (this.has(row, place)) return;
    const [to, from] = [row * this.#width, place * this.#width];
    for (let word = 0; word <= place >> 5; word++) this.#or(to + word, this.#words[from + word] ?? 0);
    this.#or(to + (place >> 5), 1 << (place & 31));
  }

  #or(at: number, word: number): void {
    this.#words[at] = (this.#words[at] ?? 0) | word;
  }
}

function namedNeeds(phase: PhaseOutline): readonly string[] | undefined {
  const needs = member(ownNode(phase), 'needs');
  return needs?.kind === 'array' ? [...new Set(textsOf(needs))] : undefined;
}
