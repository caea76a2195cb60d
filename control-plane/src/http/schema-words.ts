import type { TSchema } from 'typebox';

/** JSON Schemas in few words, for people to read. */

/** The keywords that px0's own schemas use. */
export interface SchemaWords {
  /** The name under which people know an object. */
  readonly title?: string;
  readonly type?: string;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaWords[];
  readonly items?: SchemaWords;
  readonly properties?: Readonly<Record<string, SchemaWords>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, SchemaWords>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
}

/** An object that is told of once, under the title of its schema. */
interface Shape {
  readonly name: string;
  readonly schema: SchemaWords;
}

const UUID_BEGINS = '^[0-9a-fA-F]{8}';

/**
 * @returns the objects with a title in these schemas and within them, in the order of names
 * @throws if two of one title differ in more than their description, which belongs to the place
 */
export function shapesIn(schemas: readonly TSchema[]): Shape[] {
  const found = new Map<string, SchemaWords>();
  const look = (schema: SchemaWords): void => {
    if (schema.title !== undefined) {
      const known = found.get(schema.title) ?? schema;
      if (textOf(known) !== textOf(schema)) throw new Error(`two shapes are called ${schema.title}`);
      found.set(schema.title, known);
    }
    for (const field of Object.values(schema.properties ?? {})) look(field);
    if (schema.items !== undefined) look(schema.items);
    for (const part of schema.anyOf ?? []) look(part);
  };
  for (const schema of schemas) look(schema as SchemaWords);
  return [...found]
    .map(([name, schema]) => ({ name, schema }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function textOf({ properties, required }: SchemaWords): string {
  return JSON.stringify({ properties, required });
}

/** @returns a type as in `{user: User, ids: [id], next: string | null}` */
export function typeOf(schema: SchemaWords): string {
  return schema.title ?? ownTypeOf(schema);
}

/** @returns the type written out, also of an object that has a name */
export function ownTypeOf(schema: SchemaWords): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map((part) => typeOf(part)).join(' | ');
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.items !== undefined) return `[${typeOf(schema.items)}]`;
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(
      ([name, part]) => `${name}${schema.required?.includes(name) ? '' : '?'}: ${typeOf(part)}`,
    );
    return `{${fields.join(', ')}}`;
  }
  if (schema.patternProperties !== undefined) return 'object';
  if (schema.format === 'date-time') return 'time';
  if (schema.pattern?.startsWith(UUID_BEGINS)) return 'id';
  return schema.type ?? 'any JSON';
}

/** @returns what a value must keep to beside its type, such as `at most 255 characters`; empty for nothing */
export function limitsOf(schema: SchemaWords): string {
  const [first, ...rest] = (schema.anyOf ?? [schema]).filter(({ type }) => type !== 'null');
  if (first === undefined || rest.length > 0) return '';
  const { minLength = 0, maxLength, minimum, maximum, maxItems } = first;
  return [
    minLength > 1 && `at least ${minLength} characters`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    minimum !== undefined && `at least ${minimum}`,
    maximum !== undefined && `at most ${maximum}`,
    maxItems !== undefined && `at most ${maxItems} items`,
    schema.default !== undefined && `by default ${JSON.stringify(schema.default)}`,
  ]
    .filter((limit) => limit !== false)
    .join(', ');
}
