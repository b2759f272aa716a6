/** The canonical order of keys: that of the schema, which is that of the spec's tables. */
import { connectorShape } from '../spec/generated/connector-shape.ts';
import type { Shape } from '../spec/shape.ts';
import type { TextEdit } from './diagnostic.ts';
import type { SourceDocument } from './document.ts';
import type { JsonNode, ObjectNode } from './json-node.ts';

/**
 * The edits that bring all objects into canonical order, outermost objects first; none if they are. Keys that the schema
 * does not know come last, in their own order; maps (aliases, machines, …) keep theirs. Objects with comments between
 * their keys stay as they are: nobody can tell which key a comment belongs to. So do those with a key twice.
 */
export function orderKeys(document: SourceDocument): readonly TextEdit[] {
  // What is broken is not moved about.
  if (document.root === undefined || document.syntaxErrors.length > 0) return [];
  return changedParts(document, document.root, { kind: 'ref', name: 'Connector' });
}

/** One edit for every largest value that changes. */
function changedParts(
  document: SourceDocument,
  node: JsonNode,
  shape: Shape | undefined,
): readonly TextEdit[] {
  if (node.kind !== 'object' && node.kind !== 'array') return [];
  if (node.kind === 'object' && isOutOfOrder(document, node, shape)) {
    return [{ range: node.range, newText: ordered(document, node, shape) }];
  }
  return node.entries.flatMap(entry => changedParts(document, entry, shapeOfEntry(entry, node, shape)));
}

function isOutOfOrder(document: SourceDocument, node: ObjectNode, shape: Shape | undefined): boolean {
  const wanted = orderOf(node, shape);
  if (!wanted.some((entry, index) => entry !== node.entries[index])) return false;
  return node.members.size === node.entries.length && !hasOwnComments(document, node);
}

function hasOwnComments({ comments }: SourceDocument, { range, entries }: ObjectNode): boolean {
  return comments.some(
    comment =>
      range.start < comment.start &&
      comment.end <= range.end &&
      !entries.some(entry => entry.range.start <= comment.start && comment.end <= entry.range.end),
  );
}

/** The text of a value with its objects in order; what stands between the entries stays in its place. */
function ordered(document: SourceDocument, node: JsonNode, shape: Shape | undefined): string {
  const { text } = document;
  if (node.kind !== 'object' && node.kind !== 'array') return text.slice(node.range.start, node.range.end);
  const isMoved = node.kind === 'object' && isOutOfOrder(document, node, shape);
  const wanted = isMoved ? orderOf(node, shape) : node.entries;
  let at = node.range.start;
  let result = '';
  for (const [index, place] of node.entries.entries()) {
    const entry = wanted[index] ?? place;
    result += text.slice(at, (place.keyRange ?? place.range).start);
    result += text.slice((entry.keyRange ?? entry.range).start, entry.range.start);
    result += ordered(document, entry, shapeOfEntry(entry, node, shape));
    at = place.range.end;
  }
  return result + text.slice(at, node.range.end);
}

function orderOf(node: ObjectNode, shape: Shape | undefined): readonly JsonNode[] {
  const fitting = fittingShape(node, shape);
  if (fitting?.kind !== 'object') return node.entries;
  const places = new Map(Object.keys(fitting.keys).map((key, index) => [key, index]));
  const placeOf = ({ key }: JsonNode) => places.get(String(key)) ?? places.size;
  return node.entries.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function shapeOfEntry(entry: JsonNode, parent: JsonNode, shape: Shape | undefined): Shape | undefined {
  const fitting = fittingShape(parent, shape);
  switch (fitting?.kind) {
    case 'object':
      return Object.hasOwn(fitting.keys, String(entry.key)) ? fitting.keys[String(entry.key)] : undefined;
    case 'map':
      return fitting.values;
    case 'array':
      return fitting.items;
    default:
      return undefined;
  }
}

/** The shape behind references, and of several the one that fits: of objects the one that knows most keys. */
function fittingShape(node: JsonNode, shape: Shape | undefined): Shape | undefined {
  if (shape?.kind === 'ref') return fittingShape(node, connectorShape[shape.name]);
  if (shape?.kind !== 'union') {
    const isFitting =
      node.kind === 'array' ? shape?.kind === 'array' : shape?.kind === 'object' || shape?.kind === 'map';
    return isFitting ? shape : undefined;
  }
  const options = shape.of.flatMap(option => fittingShape(node, option) ?? []);
  const known = (option: Shape) =>
    option.kind === 'object' && node.kind === 'object'
      ? [...node.members.keys()].filter(key => Object.hasOwn(option.keys, key)).length
      : 0;
  return options.reduce<Shape | undefined>(
    (best, option) => (best && known(best) >= known(option) ? best : option),
    undefined,
  );
}
