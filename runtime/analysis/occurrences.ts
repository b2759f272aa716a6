/** Every name of a connector file with all places that define or use it: what navigation, rename and colours are made of. */
import type { SourceDocument } from './document.ts';
import type { FileReference } from './file-references.ts';
import { findFileReferences } from './file-references.ts';
import type { JsonNode, Range } from './json-node.ts';
import type { ModelNames } from './model-names.ts';
import { aliasOccurrences, placeOccurrences } from './occurrences-models.ts';
import { phaseOccurrences } from './occurrences-phases.ts';
import { placeholderOccurrences } from './occurrences-placeholders.ts';
import type { Outline } from './outline.ts';

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

/** Finds all names of a file, also of one with errors. Pure; never throws. */
export function findOccurrences(input: IndexInput): OccurrenceIndex {
  const inTexts = placeholderOccurrences(input);
  const all = [
    ...aliasOccurrences(input),
    ...placeOccurrences(input),
    ...phaseOccurrences(input),
    ...inTexts.occurrences,
  ].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  const byEntity = new Map<string, Occurrence[]>();
  for (const occurrence of all) {
    const key = entityKey(occurrence.entity);
    const list = byEntity.get(key);
    if (list) list.push(occurrence);
    else byEntity.set(key, [occurrence]);
  }
  return { all, byEntity, placeholders: inTexts.placeholders, files: findFileReferences(input.outline) };
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
export function occurrenceAt(index: OccurrenceIndex, offset: number): Occurrence | undefined {
  const near = index.all.filter(({ range }) => range.start - 1 <= offset && offset <= range.end + 1);
  return near.reduce<Occurrence | undefined>(
    (best, candidate) =>
      best && distanceTo(best, offset) <= distanceTo(candidate, offset) ? best : candidate,
    undefined,
  );
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
