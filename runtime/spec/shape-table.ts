/** Turns the JSON Schema into the compact table that the analysis walks (`shape.ts`). */
import type { JsonSchema } from './json-schema.ts';
import type { Shape, ShapeTable } from './shape.ts';

/** One shape per definition of the schema. Throws on a construct the walker does not know: a bug of the schema. */
export function buildShapeTable(schema: JsonSchema): ShapeTable {
  const definitions = Object.entries(schema.definitions ?? {});
  return Object.fromEntries(definitions.map(([name, definition]) => [name, shapeOf(definition)]));
}

function shapeOf(schema: JsonSchema): Shape {
  const inner = schema.allOf?.[0];
  if (inner !== undefined) return shapeOf(inner);
  if (schema.$ref !== undefined) return { kind: 'ref', name: schema.$ref.replace('#/definitions/', '') };
  if (schema.anyOf !== undefined) {
    return { kind: 'union', of: schema.anyOf.map(shapeOf), ...label(schema) };
  }
  switch (schema.type) {
    case undefined:
      return { kind: 'any' };
    case 'boolean':
      return typeof schema.const === 'boolean'
        ? { kind: 'boolean', only: schema.const }
        : { kind: 'boolean' };
    case 'string':
      return stringShape(schema);
    case 'integer':
    case 'number':
      return numberShape(schema);
    case 'array':
      return {
        kind: 'array',
        items: shapeOf(schema.items ?? {}),
        ...(schema.minItems ? { isNonEmpty: true } : {}),
        ...label(schema),
      };
    case 'object':
      return objectShape(schema);
    default:
      throw new Error(`the shape table has no kind for JSON Schema type ${schema.type}`);
  }
}

function stringShape(schema: JsonSchema): Shape {
  return {
    kind: 'string',
    ...(schema.enum ? { values: schema.enum.map(String) } : {}),
    ...(schema.minLength ? { isNonEmpty: true } : {}),
  };
}

function numberShape(schema: JsonSchema): Shape {
  const min = schema.minimum ?? schema.exclusiveMinimum;
  return {
    kind: 'number',
    isInteger: schema.type === 'integer',
    ...(min === undefined ? {} : { min }),
    ...(schema.maximum === undefined ? {} : { max: schema.maximum }),
    ...(schema.exclusiveMinimum === undefined ? {} : { isMinExclusive: true }),
  };
}

function objectShape(schema: JsonSchema): Shape {
  if (schema.properties === undefined) {
    return {
      kind: 'map',
      values: shapeOf(schema.additionalProperties ?? {}),
      label: schema.title ?? 'a map',
    };
  }
  const keys = Object.entries(schema.properties).map(([key, value]) => [key, shapeOf(value)] as const);
  return {
    kind: 'object',
    keys: Object.fromEntries(keys),
    required: schema.required ?? [],
    label: schema.title ?? 'an object',
  };
}

function label(schema: JsonSchema): { label?: string } {
  return schema.title === undefined ? {} : { label: schema.title };
}
