import type { List } from '../syntax/ast.js';
import { Analyst } from './analyst.js';
import { type Place, Places, Use } from './place.js';
import { MAX_VARIABLES, type TemplateVariable } from './template-variable.js';
import { Work } from './work.js';

/** Nodes looked at and steps taken between them; a source of 256 KiB needs some 300,000 unless it repeats itself. */
const MAX_WORK = 500_000;

/**
 * Finds what a template reads of its data, without rendering it.
 *
 * Listed is what is used itself. What only leads to its fields (`user` in `user.name`) is not, unless it is
 * necessary and none of the fields is. Definitions count where they are called, once for each value that
 * they get as dot; within itself, a definition is looked into once more.
 *
 * The work is bounded: by `MAX_WORK`; by 4,000 paths, those that lead to others included, of 32 steps and
 * `MAX_PATH_LENGTH` at most; by 32 paths that one variable may stand for; by 220 control structures,
 * parentheses and definitions within each other. What lies beyond is missing, always the same, and nothing
 * is said to be necessary once `MAX_WORK` is spent.
 *
 * @param name the template's own, quoted: it may call itself
 * @param definitions what the template defines, by quoted name
 * @returns at most `MAX_VARIABLES` paths, in the order of their UTF-16 code units
 */
export function variablesOf(
  name: string,
  body: List,
  definitions: ReadonlyMap<string, List>,
): readonly TemplateVariable[] {
  const places = new Places();
  const work = new Work(MAX_WORK);
  const needs = new Analyst(body, new Map([...definitions, [name, body]]), places, work).analyse();
  if (!work.isSpent) for (const place of needs) require(place);
  return listed(places.all)
    .slice(0, MAX_VARIABLES)
    .map(variableAt)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What contains a necessary place is necessary too, up to the element that it is about. */
function require(necessary: Place): void {
  let place: Place | undefined = necessary;
  while (place?.parent !== undefined && !place.isElement && !place.isRequired) {
    place.isRequired = true;
    place = place.parent;
  }
}

function listed(all: readonly Place[]): Place[] {
  const leading = new Set<Place>();
  const list = new Set<Place>();
  // Parents come before their children in `all`.
  for (const place of all.toReversed()) {
    const { parent, uses, isElement, isRequired, fields } = place;
    const isLast = !leading.has(place) && !isElement && parent !== undefined;
    const isImplied = [...fields.values()].some((field) => field.isRequired);
    if (uses !== 0 || isLast || (isRequired && !isImplied)) list.add(place);
    if (parent !== undefined && (list.has(place) || leading.has(place))) leading.add(parent);
  }
  return all.filter((place) => list.has(place));
}

function variableAt({ path, uses, isRequired }: Place): TemplateVariable {
  const is = (use: number): boolean => (uses & use) !== 0;
  return {
    path: path === '' ? '.' : path,
    printed: is(Use.printed),
    tested: is(Use.tested),
    ranged: is(Use.ranged),
    compared: is(Use.compared),
    optional: !isRequired,
  };
}
