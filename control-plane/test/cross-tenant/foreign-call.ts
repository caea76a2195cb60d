import { randomBytes, randomUUID } from 'node:crypto';
import type { SeededRandom } from '@px0/test-bed';
import type { TSchema } from 'typebox';
import type { Route } from '#http/api-document.js';
import type { Kind } from './tenant.js';

/** Where the things come from that a call names. */
export type Source = 'foreign' | 'own';

/** A route with its slots filled: each names something foreign, or something of the caller's own. */
export interface ForeignCall {
  readonly route: Route;
  readonly slots: readonly Slot[];
  /** Whether something foreign is named. */
  readonly isForeign: boolean;
}

interface Slot {
  readonly where: 'path' | 'query' | 'body';
  readonly name: string;
  readonly value: Choice;
}

/** A thing of a kind, by its place among all of them; or a value like any caller would send. */
type Choice =
  | { readonly kind: Kind; readonly source: Source; readonly place: number }
  | { readonly make: () => unknown };

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown> | undefined;
}

const fixed = (value: unknown) => () => value;
const words = () => likeHex(16);
const number = () => '1';

/** What a parameter in the path is, by the segment before it. */
const AFTER: Readonly<Record<string, readonly (Kind | (() => unknown))[]>> = {
  orgs: ['org'],
  teams: ['team'],
  members: ['user'],
  'api-keys': ['key'],
  prompts: ['prompt'],
  versions: ['tag', number],
  tags: ['tag'],
  payloads: ['payload'],
  'join-requests': ['join request'],
};

/** What a parameter in the query or a property of a body is. */
const NAMED: Readonly<Record<string, readonly (Kind | (() => unknown))[]>> = {
  org_id: ['org'],
  team_id: ['team'],
  team: ['team'],
  team_ids: ['team'],
  renders: ['prompt', 'slug'],
  user_id: ['user'],
  actor_id: ['user', 'key'],
  target_id: ['prompt', 'team', 'user', 'key', 'tag'],
  email: ['email'],
  q: ['word', 'slug', 'tag'],
  tags: ['tag'],
  // As a parameter it picks a version; in a body it would become one of the caller's own.
  'query tag': ['tag'],
  'body tag': [words],
  version: [number, 'tag'],
  from: [number, 'tag'],
  to: ['tag', number],
  status: [fixed('stable'), fixed('approved')],
  archived: [fixed('false'), fixed('true')],
  page: [number],
  limit: [fixed('5')],
  wait: [fixed('1')],
  action: [fixed('prompts.create')],
  target_type: [fixed('prompt')],
  since: [fixed('2020-01-01T00:00:00Z')],
  until: [fixed('2100-01-01T00:00:00Z')],
  name: [words],
  slug: [words],
  description: [words],
  template: [() => `Hello {{.name}} ${words()}`],
  model: [words],
  model_params: [fixed({})],
  missing: [fixed('zero')],
  variables: [fixed({ name: 'Ada' })],
  operation: [fixed('read_render'), fixed('all')],
  role: [fixed('viewer'), fixed('admin')],
  // Nobody's.
  code: [fixed('000000')],
  password: [fixed('Wrong-Horse-8')],
  current_password: [fixed('Wrong-Horse-8')],
  new_password: [fixed('Wrong-Horse-9')],
};
/** How a property of a body names a thing that it does not hold as it is. */
const WRAPPED: Readonly<Record<string, (thing: string | undefined) => unknown>> = {
  team_ids: (team) => [team],
  renders: (slug) => [{ slug, missing: 'zero' }],
};
/** What a list shows next depends on the cursor alone, and not on whose it is. */
const LEFT_OUT = new Set(['cursor']);

/** @returns a random way to call the route; parameters that may be absent are, half of the time */
export function randomForeignCall(route: Route, random: SeededRandom): ForeignCall {
  const segments = route.path.split('/');
  const inPath = segments.flatMap((segment, index): Slot[] => {
    if (!segment.startsWith('{')) return [];
    const choices = AFTER[segments[index - 1] ?? ''];
    if (choices === undefined) throw new Error(`what stands in ${segment} of ${route.name}?`);
    const isReference = segment === '{reference}';
    return [slot('path', segment, isReference ? ['prompt', 'slug'] : choices, random)];
  });
  const inQuery = (route.operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query' && !LEFT_OUT.has(parameter.name))
    .filter(({ required }) => required || random.below(2) === 0)
    .map(({ name }) => slot('query', name, kindsNamed('query', name, route), random));
  const body = bodySchema(route);
  const required = new Set(body !== undefined && 'required' in body ? (body.required as string[]) : []);
  const properties = Object.keys(
    body !== undefined && 'properties' in body ? (body.properties as object) : {},
  );
  const inBody = properties
    .filter((name) => required.has(name) || random.below(2) === 0)
    .map((name) => slot('body', name, kindsNamed('body', name, route), random));
  const slots = [...inPath, ...inQuery, ...inBody];
  return {
    route,
    slots,
    isForeign: slots.some(({ value }) => 'kind' in value && value.source === 'foreign'),
  };
}

function bodySchema({ operation }: Route): TSchema | undefined {
  return operation.requestBody?.content['application/json'].schema;
}

function kindsNamed(
  where: 'query' | 'body',
  name: string,
  route: Route,
): readonly (Kind | (() => unknown))[] {
  const kinds = NAMED[name] ?? NAMED[`${where} ${name}`];
  if (kinds === undefined) throw new Error(`what stands in ${name}, in the ${where} of ${route.name}?`);
  return kinds;
}

function slot(
  where: Slot['where'],
  name: string,
  choices: readonly (Kind | (() => unknown))[],
  random: SeededRandom,
): Slot {
  const chosen = random.pick(choices);
  if (typeof chosen === 'function') return { where, name, value: { make: chosen } };
  const source = random.below(4) === 0 ? 'own' : 'foreign';
  return {
    where,
    name,
    value: { kind: chosen, source, place: random.below(1_000) },
  };
}

type Known = Readonly<Record<Kind, readonly string[]>>;

/** @param foreign what stands for foreign things: those of another tenant, or what nobody has */
export function requestFor({ route, slots }: ForeignCall, own: Known, foreign: Known): Request {
  const thingOf = ({ name, value }: Slot): unknown => {
    if ('make' in value) return value.make();
    const things = (value.source === 'own' ? own : foreign)[value.kind];
    const thing = things[value.place % things.length];
    const wrap = WRAPPED[name];
    return wrap === undefined ? thing : wrap(thing);
  };
  const inPath = slots.filter(({ where }) => where === 'path').map((each) => String(thingOf(each)));
  const inQuery = slots
    .filter(({ where }) => where === 'query')
    .map((each) => `${each.name}=${encodeURIComponent(String(thingOf(each)))}`);
  const path = route.path
    .split('/')
    .map((segment) => (segment.startsWith('{') ? (inPath.shift() ?? '') : segment))
    .join('/');
  const inBody = slots.filter(({ where }) => where === 'body');
  return {
    method: route.method,
    path: inQuery.length > 0 ? `${path}?${inQuery.join('&')}` : path,
    body:
      bodySchema(route) === undefined
        ? undefined
        : Object.fromEntries(inBody.map((each) => [each.name, thingOf(each)])),
  };
}

/** Digits of hexadecimal numbers, the first a letter: a tag of decimal digits alone is none. */
function likeHex(length: number): string {
  return `f${randomBytes(16).toString('hex')}`.slice(0, length);
}

/** @returns what looks like what is known, and is not */
export function unknownLike(known: Known): Known {
  const like = (text: string) =>
    /^[0-9a-f]{8}-/.test(text) ? randomUUID() : text.replace(/[0-9a-f]{8,}/g, (part) => likeHex(part.length));
  return Object.fromEntries(
    Object.entries(known).map(([kind, texts]) => [kind, texts.map(like)]),
  ) as unknown as Known;
}
