/** Finds phases and workers in the text of a connector file by their names: a run's own positions are those of an older text. */
import { findNodeAtLocation, getNodeValue, type Node, parseTree } from 'jsonc-parser';
import type { Position } from '../arguments.ts';

/** A stretch of a text. */
export interface TextRange {
  readonly start: Position;
  readonly end: Position;
}

/** The phases and workers of one text. */
export interface ConnectorPlaces {
  /** Names of the phases, in file order. */
  readonly phases: readonly string[];
  /**
   * Where a phase, or one of its workers, stands: its name where it has one. A worker that is not in the file as an object
   * of its own stands where its phase says how many there are. Undefined: no such phase in this text.
   */
  find(phase: string, worker?: string): TextRange | undefined;
  /** Where the object of a phase begins, or that of the whole file: code lenses stand there. */
  start(phase?: string): number | undefined;
}

/** Name of the only phase of a file without topology (spec §2). */
const SESSION_PHASE = 'session';

/** Under which keys a phase lists who works in it, and what names them there. */
const MEMBERS = [
  { list: 'workers', name: 'name' },
  { list: 'participants', name: 'id' },
  { list: 'agents', name: 'id' },
] as const;

/** Reads the places of a text, as far as it can be parsed. */
export function readPlaces(text: string): ConnectorPlaces {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const phases = new Map<string, Node>();
  for (const [name, node] of phaseNodes(root)) if (!phases.has(name)) phases.set(name, node);
  return {
    phases: [...phases.keys()],
    start: name => (name === undefined ? root : phases.get(name))?.offset,
    find(name, worker) {
      const phase = phases.get(name);
      if (phase === undefined) return undefined;
      const node = (worker !== undefined && workerNode(phase, worker)) || phaseMark(phase, phase === root);
      return { start: positionAt(text, node.offset), end: positionAt(text, node.offset + node.length) };
    },
  };
}

/** Lines end as the editor has it: with CR, LF or both. */
function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lines = before.split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

function* phaseNodes(root: Node | undefined): Iterable<readonly [string, Node]> {
  if (root?.type !== 'object') return;
  const list = findNodeAtLocation(root, ['pipeline', 'phases']);
  if (['dialogue', 'meeting', 'mesh'].includes(textAt(root, 'type') ?? '')) yield ['phase-1', root];
  else if (list?.type === 'array') {
    for (const [i, phase] of (list.children ?? []).entries())
      if (phase.type === 'object') yield [textAt(phase, 'name') || `phase-${i + 1}`, phase];
  } else if (findNodeAtLocation(root, ['pipeline']) === undefined) yield [SESSION_PHASE, root];
}

function workerNode(phase: Node, worker: string): Node | undefined {
  for (const { list, name } of MEMBERS) {
    const members = findNodeAtLocation(phase, [list]);
    if (members?.type === 'number') return members.parent?.children?.[0];
    const found = (members?.type === 'array' ? (members.children ?? []) : []).find(
      (member, i) => (textAt(member, name) || String(i + 1)) === worker,
    );
    if (found !== undefined) return markOf(found, [name, 'model', 'prompt']);
  }
  return undefined;
}

/** The top level's `name` is the workflow's, not the phase's. */
function phaseMark(phase: Node, isTopLevel: boolean): Node {
  return markOf(phase, isTopLevel ? ['type', 'models', 'connector'] : ['name', 'type', 'workers', 'model']);
}

/** The text that tells best what an object is; of other values than texts, their key. */
function markOf(object: Node, keys: readonly string[]): Node {
  for (const key of keys) {
    const value = findNodeAtLocation(object, [key]);
    if (value?.type === 'string') return value;
    if (value !== undefined) return value.parent?.children?.[0] ?? value;
  }
  return object.children?.[0] ?? object;
}

function textAt(node: Node, key: string): string | undefined {
  const found = findNodeAtLocation(node, [key]);
  return found?.type === 'string' ? getNodeValue(found) : undefined;
}
