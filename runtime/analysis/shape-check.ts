/** Compares a document with the shape of a connector file and reports every misfit, with its place. */
import type { Shape, ShapeTable } from '../spec/shape.ts';
import type { ArrayNode, JsonNode, NumberNode, ObjectNode, StringNode } from './json-node.ts';

/** One misfit. Each kind belongs to one rule, which writes its message. */
export type ShapeFinding =
  | {
      readonly kind: 'unknown_key';
      readonly node: JsonNode;
      readonly known: readonly string[];
      readonly owner: string;
    }
  | {
      readonly kind: 'missing_key';
      readonly node: ObjectNode;
      readonly keys: readonly string[];
      readonly owner: string;
    }
  | { readonly kind: 'wrong_type'; readonly node: JsonNode; readonly expected: Shape }
  | { readonly kind: 'invalid_value'; readonly node: StringNode; readonly values: readonly string[] }
  | { readonly kind: 'out_of_range'; readonly node: NumberNode; readonly expected: Shape }
  | { readonly kind: 'empty'; readonly node: StringNode | ArrayNode };

/** All misfits of a value against the shape called `root` in the table. */
export function checkShape(node: JsonNode, table: ShapeTable, root: string): readonly ShapeFinding[] {
  const findings: ShapeFinding[] = [];
  walk(node, { kind: 'ref', name: root }, { table, findings });
  return findings;
}

interface Walk {
  readonly table: ShapeTable;
  readonly findings: ShapeFinding[];
}

function walk(node: JsonNode, unresolved: Shape, context: Walk): void {
  const shape = chooseShape(node, unresolved, context.table);
  if (shape === undefined || !fits(node, shape)) {
    context.findings.push({ kind: 'wrong_type', node, expected: resolve(unresolved, context.table) });
  } else if (shape.kind === 'string' && node.kind === 'string') {
    checkText(node, shape, context);
  } else if (shape.kind === 'number' && node.kind === 'number') {
    if (!inRange(node.value, shape)) context.findings.push({ kind: 'out_of_range', node, expected: shape });
  } else if (shape.kind === 'array' && node.kind === 'array') {
    if (shape.isNonEmpty && node.entries.length === 0) context.findings.push({ kind: 'empty', node });
    for (const item of node.entries) walk(item, shape.items, context);
  } else if (shape.kind === 'map' && node.kind === 'object') {
    for (const value of node.entries) if (isLast(value, node)) walk(value, shape.values, context);
  } else if (shape.kind === 'object' && node.kind === 'object') {
    checkObject(node, shape, context);
  } else if (shape.kind === 'union' && node.kind === 'object') {
    // Several kinds of object, none of which has a key that tells it from the others.
    const keys = objectsOf(shape, context.table).flatMap(option => option.required);
    const owner = plainLabel(shape.label ?? 'an object');
    context.findings.push({ kind: 'missing_key', node, keys, owner });
  }
}

function checkText(node: StringNode, shape: Extract<Shape, { kind: 'string' }>, context: Walk): void {
  if (shape.values !== undefined && !shape.values.includes(node.value)) {
    context.findings.push({ kind: 'invalid_value', node, values: shape.values });
  } else if (shape.isNonEmpty && node.value === '') {
    context.findings.push({ kind: 'empty', node });
  }
}

function checkObject(node: ObjectNode, shape: Extract<Shape, { kind: 'object' }>, context: Walk): void {
  const owner = plainLabel(shape.label);
  for (const value of node.entries) {
    if (!isLast(value, node)) continue;
    const key = String(value.key);
    const expected = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (expected !== undefined) walk(value, expected, context);
    else context.findings.push({ kind: 'unknown_key', node: value, known: Object.keys(shape.keys), owner });
  }
  const missing = shape.required.filter(key => !node.member(key));
  for (const key of missing) context.findings.push({ kind: 'missing_key', node, keys: [key], owner });
}

/** Of duplicate keys the last one counts. */
function isLast(value: JsonNode, object: ObjectNode): boolean {
  return object.member(String(value.key)) === value;
}

/**
 * The shape a value is compared with: of a union the branch of the value's own type, and among several kinds of object
 * the one whose required key is there. The union itself if that decides nothing; undefined if no branch has the type.
 */
function chooseShape(node: JsonNode, unresolved: Shape, table: ShapeTable): Shape | undefined {
  const shape = resolve(unresolved, table);
  if (shape.kind !== 'union') return shape;
  const options = shape.of.map(option => resolve(option, table)).filter(option => fits(node, option));
  if (options.length < 2) {
    const only = options[0];
    return only?.kind === 'union' ? chooseShape(node, only, table) : only;
  }
  const marked = options.find(
    option => option.kind === 'object' && option.required.some(key => isMember(node, key)),
  );
  return marked ?? shape;
}

function isMember(node: JsonNode, key: string): boolean {
  return node.kind === 'object' && node.member(key) !== undefined;
}

/** Whether value and shape are of one type, at this level. */
function fits(node: JsonNode, shape: Shape): boolean {
  switch (shape.kind) {
    case 'any':
    case 'ref':
      return true;
    case 'boolean':
      return node.kind === 'boolean' && (shape.only === undefined || shape.only === node.value);
    case 'number':
      return node.kind === 'number' && (!shape.isInteger || Number.isInteger(node.value));
    case 'map':
      return node.kind === 'object';
    case 'union':
      return shape.of.some(option => fits(node, option));
    default:
      return node.kind === shape.kind;
  }
}

function inRange(value: number, shape: Extract<Shape, { kind: 'number' }>): boolean {
  if (!Number.isFinite(value)) return false;
  if (shape.isInteger && !Number.isSafeInteger(value)) return false;
  if (shape.max !== undefined && value > shape.max) return false;
  if (shape.min === undefined) return true;
  return shape.isMinExclusive ? value > shape.min : value >= shape.min;
}

function resolve(shape: Shape, table: ShapeTable): Shape {
  if (shape.kind !== 'ref') return shape;
  const target = table[shape.name];
  if (target === undefined) throw new Error(`the shape table has no ${shape.name}`);
  return target;
}

function objectsOf(shape: Extract<Shape, { kind: 'union' }>, table: ShapeTable) {
  return shape.of.map(option => resolve(option, table)).filter(option => option.kind === 'object');
}

/** `a worker (an object)` says the type, which matters only where it is wrong. */
function plainLabel(label: string): string {
  return label.replace(/ \(.*\)$/, '');
}
