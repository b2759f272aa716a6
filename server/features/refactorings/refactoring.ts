/** The contract of a refactoring: one kind of change in one file, offered where it leaves the workflow's meaning alone. */
import type { Analysis } from '../../../runtime/analysis/analyze.ts';
import type { Fix } from '../../../runtime/analysis/diagnostic.ts';
import type { JsonNode, ObjectNode } from '../../../runtime/analysis/json-node.ts';
import type { Occurrence } from '../../../runtime/analysis/occurrences.ts';
import type { Place } from '../../place.ts';

/** What a refactoring looks at. The file has no errors. */
export interface RefactoringInput {
  readonly analysis: Analysis;
  readonly root: ObjectNode;
  /** The innermost value at the cursor; its key counts as part of it. */
  readonly node: JsonNode;
  /** Phase and worker around the cursor. */
  readonly place: Place;
  /** The name at the cursor. */
  readonly name?: Occurrence;
  /** All places of that name. */
  readonly places: readonly Occurrence[];
}

/** A refactoring that can be done. Applied, the file has no diagnostics that it did not have before. */
export interface Refactoring extends Fix {
  readonly kind: 'refactor.extract' | 'refactor.inline' | 'refactor.move' | 'refactor.rewrite';
}

/** Finds what can be done at the cursor. */
export type FindRefactorings = (input: RefactoringInput) => readonly Refactoring[];
