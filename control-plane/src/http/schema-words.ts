import type { TSchema } from 'typebox';

/** JSON Schemas in few words, for people to read. */

/** The keywords that px0's own schemas use. */
export interface SchemaWords {
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

/** An object that stands in several places of the document, under a name of its own. */
export interface Shape {
  readonly name: string;
  readonly schema: SchemaWords;
}

/** Objects smaller than this are written out wherever they stand. */
const LEAST_FIELDS = 3;
const UUID_BEGINS = '^[0-9a-fA-F]{8}';

interface Sighting {
  readonly schema: SchemaWords;
  /** Of the field that holds it, and of the field around that one. */
  readonly name: string;
  readonly parent: string;
  times: number;
}

/** The objects that get names: those of several fields, after the field that holds them, as `user` or `users`. */
export class Shapes {
  readonly #sightings = new Map<string, Sighting>();
  readonly #names = new Map<string, string>();
  /** In the order of names. */
  readonly all: readonly Shape[];

  constructor(schemas: readonly TSchema[]) {
    for (const schema of schemas) this.#look(schema as SchemaWords, '');
    const taken = new Map<string, SchemaWords>();
    const byUse = [...this.#sightings].sort(([, one], [, other]) => other.times - one.times);
    for (const [text, { schema, name, parent }] of byUse) {
      const free = taken.has(name) ? parent + name : name;
      if (taken.has(free)) continue;
      taken.set(free, schema);
      this.#names.set(text, free);
    }
    this.all = [...taken]
      .map(([name, schema]) => ({ name, schema }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  nameOf(schema: SchemaWords): string | undefined {
    return this.#names.get(textOf(schema));
  }

  #look(schema: SchemaWords, parent: string): void {
    for (const [field, value] of Object.entries(schema.properties ?? {})) {
      const inner = value.items ?? value;
      const name = inNameCase(value.items === undefined ? field : singular(field));
      if (Object.keys(inner.properties ?? {}).length >= LEAST_FIELDS) {
        const text = textOf(inner);
        const known = this.#sightings.get(text);
        if (known === undefined) this.#sightings.set(text, { schema: inner, name, parent, times: 1 });
        else known.times += 1;
      }
      this.#look(inner, name);
    }
    for (const part of schema.anyOf ?? []) this.#look(part, parent);
  }
}

/** The description belongs to the place, not to the shape. */
function textOf({ description: _description, ...schema }: SchemaWords): string {
  return JSON.stringify(schema);
}

const SINGULARS: Readonly<Record<string, string>> = { people: 'user', entries: 'entry', inbox: 'request' };

function singular(field: string): string {
  return SINGULARS[field] ?? field.replace(/s$/, '');
}

/** `api_key` is ApiKey. */
function inNameCase(field: string): string {
  return field.replaceAll(/(?:^|_)(\w)/g, (_whole, letter: string) => letter.toUpperCase());
}

/** @returns a type as in `{user: User, ids: [id], next: string | null}` */
export function typeOf(schema: SchemaWords, shapes: Shapes): string {
  return shapes.nameOf(schema) ?? ownTypeOf(schema, shapes);
}

/** @returns the type written out, also of an object that has a name */
export function ownTypeOf(schema: SchemaWords, shapes: Shapes): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map((part) => typeOf(part, shapes)).join(' | ');
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.items !== undefined) return `[${typeOf(schema.items, shapes)}]`;
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(
      ([name, part]) => `${name}${schema.required?.includes(name) ? '' : '?'}: ${typeOf(part, shapes)}`,
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
