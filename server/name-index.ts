/** The names of a document: one index per version, shared by all features that navigate. */
import type { Position } from 'vscode-languageserver';
import {
  findMeaningAt,
  findOccurrenceAt,
  findOccurrences,
  type Occurrence,
  type OccurrenceIndex,
} from '../runtime/analysis/occurrences.ts';
import type { Snapshot } from './snapshot.ts';

/** All names of a document and their places. */
export function nameIndexOf(snapshot: Snapshot): OccurrenceIndex {
  return snapshot.once(computeIndex);
}

/** The name at a position of the protocol. */
export function nameAt(snapshot: Snapshot, position: Position): Occurrence | undefined {
  return findOccurrenceAt(snapshot.analysis, snapshot.positions.offsetAt(position));
}

/** The name that a place is about: also that of a placeholder around it. */
export function nameMeantAt(snapshot: Snapshot, position: Position): Occurrence | undefined {
  return findMeaningAt(snapshot.analysis, snapshot.positions.offsetAt(position));
}

function computeIndex(snapshot: Snapshot): OccurrenceIndex {
  return findOccurrences(snapshot.analysis);
}
