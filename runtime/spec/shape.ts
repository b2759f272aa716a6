/**
 * The compact form of the schema that the analysis walks: what type stands where, without texts. Generated from the zod
 * schema into `generated/connector-shape.ts`; plain data, so that reading a file loads neither zod nor a validator.
 */

/** What a value has to look like. */
export type Shape =
  | { readonly kind: 'any' }
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'boolean'; readonly only?: boolean }
  | { readonly kind: 'string'; readonly values?: readonly string[]; readonly isNonEmpty?: boolean }
  | {
      readonly kind: 'number';
      readonly isInteger: boolean;
      readonly min?: number;
      readonly max?: number;
      /** True if `min` itself is not allowed. */
      readonly isMinExclusive?: boolean;
    }
  | {
      readonly kind: 'array';
      readonly items: Shape;
      readonly isNonEmpty?: boolean;
      readonly label?: string;
    }
  | {
      readonly kind: 'object';
      readonly keys: Readonly<Record<string, Shape>>;
      readonly required: readonly string[];
      readonly label: string;
    }
  /** Any keys, all with the same kind of value. */
  | { readonly kind: 'map'; readonly values: Shape; readonly label: string }
  | { readonly kind: 'union'; readonly of: readonly Shape[]; readonly label?: string };

/** The shape of a whole file: named shapes, of which `Connector` is the root. */
export type ShapeTable = Readonly<Record<string, Shape>>;
