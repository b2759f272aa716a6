/**
 * Reads what commands are called with. Code lenses and quick fixes bring the server's plain JSON (docs/language-server.md),
 * but anybody can call a command with anything: from a key binding, a task, another extension.
 */
import type { RunItem } from './runs/runs.ts';

/** What `niia.run`, `niia.plan`, `niia.runPhase` and `niia.runFrom` act on. */
export interface RunTarget {
  /** The connector file's URI. */
  readonly uri: string;
  /** Name of the phase to run, or to run from. */
  readonly phase?: string;
}

/** A place in a file, as LSP counts: lines and UTF-16 characters from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A stretch of a file. */
export interface Location {
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

/** What `niia.showReferences` shows, and where. */
export interface ReferencesTarget {
  readonly uri: string;
  readonly position: Position;
  readonly locations: readonly Location[];
}

/** What `niia.setRuleSeverity` writes. */
export interface RuleSeverity {
  /** Code of the rule (docs/rules.md). */
  readonly code: string;
  readonly severity: string;
}

/** Reads the argument of the commands that run something; undefined if it names no file. */
export function readRunTarget(value: unknown): RunTarget | undefined {
  const { uri, phase } = asRecord(value);
  if (typeof uri !== 'string') return undefined;
  return typeof phase === 'string' ? { uri, phase } : { uri };
}

/** Reads the argument of `niia.showReferences`; undefined if it is none. Locations that are none are left out. */
export function readReferencesTarget(value: unknown): ReferencesTarget | undefined {
  const { uri, position, locations } = asRecord(value);
  const at = readPosition(position);
  if (typeof uri !== 'string' || at === undefined || !Array.isArray(locations)) return undefined;
  return { uri, position: at, locations: locations.flatMap(readLocation) };
}

/** Reads the argument of `niia.setRuleSeverity`; undefined if it is none. */
export function readRuleSeverity(value: unknown): RuleSeverity | undefined {
  const { code, severity } = asRecord(value);
  return typeof code === 'string' && typeof severity === 'string' ? { code, severity } : undefined;
}

function readLocation(value: unknown): readonly Location[] {
  const { uri, range } = asRecord(value);
  const start = readPosition(asRecord(range).start);
  const end = readPosition(asRecord(range).end);
  return typeof uri === 'string' && start && end ? [{ uri, range: { start, end } }] : [];
}

/** Reads what the commands about runs are called with; undefined if it names no run. */
export function readRunItem(value: unknown): RunItem | undefined {
  const { run, phase, worker, session } = asRecord(value);
  if (typeof run !== 'string' || run === '') return undefined;
  return {
    run,
    ...(typeof phase === 'string' && { phase }),
    ...(typeof worker === 'string' && { worker }),
    ...(typeof session === 'string' && { session }),
  };
}

function readPosition(value: unknown): Position | undefined {
  const { line, character } = asRecord(value);
  return typeof line === 'number' && typeof character === 'number' ? { line, character } : undefined;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  // Any object can be looked into by key.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
