/** Every name of a connector file with all places that define or use it: what navigation, rename and colours are made of. */
import type { SourceDocument } from './document.ts';
import type { FileReference } from './file-references.ts';
import { findFileReferences } from './file-references.ts';
import type { JsonNode, Range } from './json-node.ts';
import type { ModelNames } from './model-names.ts';
import { aliasOccurrences, placeOccurrences } from './occurrences-models.ts';
import { phaseOccurrences } from './occurrences-phases.ts';
import { placeholderOccurrences } from './occurrences-placeholders.ts';
import { type Outline, ownersIn } from './outline.ts';

/** What a name can be the name of. */
export type EntityKind =
  | 'alias'
  /** A literal model such as `claude` or `ollama/llama3`: defined by its CLI, not by the file. */
  | 'model'
  | 'phase'
  /** A worker, participant or agent. */
  | 'member'
  | 'machine'
  | 'step'
  | 'mcp-server'
  /** A placeholder whose value comes by `--var`. */
  | 'variable'
  /** A placeholder that always has a value: `{task}`, `{phase}`, … */
  | 'built-in';

/** A named thing. Two occurrences belong together exactly if `entityKey` of their entities is equal. */
export interface Entity {
  readonly kind: EntityKind;
  readonly name: string;
  /** Index of the phase that members, steps and the placeholders `{phase}` and `{worker}` belong to. */
  readonly phase?: number;
}

/** A place where a name stands. */
export interface Occurrence {
  readonly entity: Entity;
  readonly role: 'definition' | 'use';
  /** The name itself, without quotes or braces. */
  readonly range: Range;
  /** The value that holds it; for a key the value under it. */
  readonly node: JsonNode;
  /**
   * How it is written: as a whole key or value, as a piece of a text (a placeholder), or not at all: a phase without a name
   * is `phase-<n>`, a worker its number; the range is then that of the opening brace, or of the number of workers.
   */
  readonly form: 'key' | 'value' | 'piece' | 'implicit';
}

/** The names of one file. */
export interface OccurrenceIndex {
  /** In file order. */
  readonly all: readonly Occurrence[];
  /** By `entityKey`, in file order. */
  readonly byEntity: ReadonlyMap<string, readonly Occurrence[]>;
  /** Whole placeholders with their braces, in file order. */
  readonly placeholders: readonly Range[];
  /** Paths of other files, in file order. */
  readonly files: readonly FileReference[];
}

/** What the index is made of: an analysis has it. */
export interface IndexInput {
  readonly document: SourceDocument;
  readonly outline: Outline;
  readonly names: ModelNames;
}

/** What is looked through: the top level, and these phases with their members. */
export interface IndexPart extends IndexInput {
  readonly part: Pick<Outline, 'phases' | 'owners'>;
}

/** Finds all names of a file, also of one with errors. Pure; never throws. */
export function findOccurrences(input: IndexInput): OccurrenceIndex {
  const { all, placeholders } = occurrencesIn({ ...partsOf(input), part: input.outline });
  return { all, byEntity: groupByEntity(all), placeholders, files: findFileReferences(input.outline) };
}

function groupByEntity(all: readonly Occurrence[]): ReadonlyMap<string, readonly Occurrence[]> {
  const byEntity = new Map<string, Occurrence[]>();
  // Placeholders share the object of their entity: its key is made once for all of them.
  const lists = new Map<Entity, Occurrence[]>();
  for (const occurrence of all) {
    const { entity } = occurrence;
    const list = lists.get(entity) ?? listOf(entityKey(entity), byEntity);
    lists.set(entity, list);
    list.push(occurrence);
  }
  return byEntity;
}

function listOf(key: string, byEntity: Map<string, Occurrence[]>): Occurrence[] {
  const list = byEntity.get(key) ?? [];
  byEntity.set(key, list);
  return list;
}

/** The name at an offset, found without looking through the phases around. */
export function findOccurrenceAt(input: IndexInput, offset: number): Occurrence | undefined {
  return occurrenceAt(occurrencesNear(input, offset), offset);
}

/** The same as `meaningAt`, found without looking through the phases around. */
export function findMeaningAt(input: IndexInput, offset: number): Occurrence | undefined {
  return meaningAt(occurrencesNear(input, offset), offset);
}

function occurrencesNear(input: IndexInput, offset: number): NamesInOrder {
  const phases = input.outline.phases.filter(({ node: { range } }) => isNear(range, offset));
  const part = { phases, owners: ownersIn(phases) };
  return occurrencesIn({ ...partsOf(input), part });
}

/** An analysis computes its parts when they are read, so that it cannot be spread. */
function partsOf({ document, outline, names }: IndexInput): IndexInput {
  return { document, outline, names };
}

type NamesInOrder = Pick<OccurrenceIndex, 'all' | 'placeholders'>;

/** Names and placeholders, in file order. */
function occurrencesIn(input: IndexPart): NamesInOrder {
  const inTexts = placeholderOccurrences(input);
  const all = [
    ...aliasOccurrences(input),
    ...placeOccurrences(input),
    ...phaseOccurrences(input),
    ...inTexts.occurrences,
  ].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  return { all, placeholders: inTexts.placeholders };
}

/** What makes two names the same. */
export function entityKey({ kind, name, phase }: Entity): string {
  return `${kind}:${phase ?? ''}:${name}`;
}

/** All places of an entity, in file order. */
export function occurrencesOf(index: OccurrenceIndex, entity: Entity): readonly Occurrence[] {
  return index.byEntity.get(entityKey(entity)) ?? [];
}

/** Where an entity is defined in this file; several only in a file with duplicates. */
export function definitionsOf(index: OccurrenceIndex, entity: Entity): readonly Occurrence[] {
  return occurrencesOf(index, entity).filter(occurrence => occurrence.role === 'definition');
}

/** The name at an offset; its quotes, and the braces of a placeholder, count as part of it. */
export function occurrenceAt({ all }: Pick<OccurrenceIndex, 'all'>, offset: number): Occurrence | undefined {
  const near = all.filter(({ range }) => isNear(range, offset));
  return near.reduce<Occurrence | undefined>(
    (best, candidate) =>
      best && distanceTo(best, offset) <= distanceTo(candidate, offset) ? best : candidate,
    undefined,
  );
}

/** The name at an offset; anywhere else in a placeholder, as on the word `answers`, the first name in it. */
export function meaningAt({ all, placeholders }: NamesInOrder, offset: number): Occurrence | undefined {
  const named = occurrenceAt({ all }, offset);
  if (named) return named;
  const around = placeholders.find(({ start, end }) => start <= offset && offset < end);
  return around && all.find(({ range }) => around.start < range.start && range.end < around.end);
}

function isNear({ start, end }: Range, offset: number): boolean {
  return start - 1 <= offset && offset <= end + 1;
}

/** The file reference at an offset; its quotes count as part of it. */
export function fileReferenceAt(index: OccurrenceIndex, offset: number): FileReference | undefined {
  return index.files.find(({ node }) => node.range.start <= offset && offset <= node.range.end);
}

/** Names that are written win over those that are not, those around the offset over those beside it. */
function distanceTo({ range, form }: Occurrence, offset: number): number {
  const outside = offset < range.start || offset > range.end ? 2 : 0;
  return outside + (form === 'implicit' ? 1 : 0);
}
