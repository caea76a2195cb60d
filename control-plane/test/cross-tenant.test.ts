import { performance } from 'node:perf_hooks';
import { SeededRandom } from '@px0/test-bed';
import { expect, test } from 'vitest';
import { type ApiDocument, type Route, routesOf } from '#http/api-document.js';
import { startForFile } from './control-plane-of-file.js';
import {
  type ForeignCall,
  type Request,
  randomForeignCall,
  requestFor,
  unknownLike,
} from './cross-tenant/foreign-call.js';
import { newTenant, rowsOf, textsOf } from './cross-tenant/tenant.js';
import type { Answer } from './documented-client.js';
import { CALLERS, type CallerName } from './policy/callers.js';

/** PX0_LONG=1 for many more; PX0_SEED for the same again. */
const CALLS = process.env['PX0_LONG'] === '1' ? 100_000 : 3_000;
const SEED = Number(process.env['PX0_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const AT_ONCE = 4;

/**
 * What the contract tells anybody: there the answer about something foreign is one of these, and not
 * the answer about something that does not exist.
 */
const TOLD_TO_ANYBODY: Readonly<Record<string, readonly number[]>> = {
  // Whoever is verified may ask to join any team, and hears whether they have asked before.
  'POST /v1/teams/{}/join-requests': [201, 401, 403, 409],
  // An address is taken; a team is of an organization that one is not a member of.
  'POST /v1/auth/register': [400, 401, 403, 409],
  'PUT /v1/auth/me': [401, 403, 409],
};

const { server, client } = await startForFile({ LOG_LEVEL: 'error' });
const routes = routesOf((await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument);
/** Whose members and keys call. */
const own = await newTenant(server, client);
/** Whose things they name. */
const foreign = await newTenant(server, client);
const texts = await textsOf(server, foreign, own);
const rowsBefore = await rowsOf(server, foreign.orgIds);

test(`${CALLS} calls about another tenant's things are answered as those about nothing, and tell nothing`, {
  timeout: CALLS * 200,
}, async () => {
  process.stdout.write(`PX0_SEED=${SEED}\n`);
  const random = new SeededRandom(SEED);
  const statuses = new Map<number, number>();
  let left = CALLS;
  const callAndCompare = async () => {
    while (left > 0) {
      left -= 1;
      const call = nextCall(random);
      const caller = random.pick(CALLERS);
      const { status } = await expectNothingTold(call, caller);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, callAndCompare));
  const counts = [...statuses].sort().map(([status, count]) => `${status}: ${count}`);
  process.stdout.write(
    `${CALLS} calls to ${routes.length} routes, ${texts.length} texts looked for; ${counts.join(', ')}\n`,
  );
  expect(statuses.get(500)).toBeUndefined();
});

test('what is told about names in other tenants: nothing, they are free', async () => {
  const token = own.cast.tokens['org admin'];
  const [theirs] = rowsBefore['prompts'] ?? [];
  const { status, json } = await client('POST', `/v1/teams/${own.cast.teamId}/prompts`, {
    token,
    body: { name: theirs?.['name'], slug: theirs?.['slug'] },
  });
  expect([status, json.prompt?.slug]).toEqual([201, theirs?.['slug']]);
  const found = await client('GET', `/v1/prompts/${theirs?.['slug'] as string}`, { token });
  expect(found.json.prompt.id).toBe(json.prompt.id);
  const names = (rowsBefore['teams'] ?? [])
    .map((team) => team['name'])
    .filter((name) => name !== 'Default Team');
  for (const name of names) {
    const made = await client('POST', `/v1/orgs/${own.cast.orgId}/teams`, { token, body: { name } });
    expect([name, made.status]).toEqual([name, 201]);
  }
});

test('nothing of the other tenant has changed but its join requests', async () => {
  const { join_requests: _before, ...before } = rowsBefore;
  const { join_requests: _after, ...after } = await rowsOf(server, foreign.orgIds);
  expect(after).toEqual(before);
});

/** Pairs of calls that are compared at first, and at most: what is noise goes away with more of them. */
const PAIRS = 15;
const MOST_PAIRS = 300;

test('how long an answer takes does not tell whether something is there', { timeout: 300_000 }, async () => {
  const random = new SeededRandom(SEED + 1);
  const timed = routes.filter((route) => !(keyOf(route) in TOLD_TO_ANYBODY) && mayNameThings(route, random));
  let widest = { gap: 0, name: '' };
  for (const route of timed) {
    const call = foreignCallTo(route, random);
    const times: Times = { there: [], absent: [] };
    let [there, absent] = [Number.NaN, Number.NaN];
    while (times.there.length < MOST_PAIRS && !isSameClass(there, absent)) {
      await timePairs(call, times);
      [there, absent] = [median(times.there), median(times.absent)];
    }
    const gap = Math.abs(there - absent);
    if (gap > widest.gap) widest = { gap, name: route.name };
    expect({ route: route.name, there, absent, isSameClass: isSameClass(there, absent) }).toMatchObject({
      isSameClass: true,
    });
  }
  process.stdout.write(
    `${timed.length} routes timed; medians differ most, by ${widest.gap.toFixed(1)} ms, for ${widest.name}\n`,
  );
});

/** 3 ms, or a fifth of what takes longer. */
function isSameClass(one: number, other: number): boolean {
  return Math.abs(one - other) <= Math.max(3, 0.2 * Math.max(one, other));
}

/** Milliseconds of calls about what is there, of another tenant, and about what is not. */
interface Times {
  readonly there: number[];
  readonly absent: number[];
}

async function timePairs(call: ForeignCall, times: Times): Promise<void> {
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const order = pair % 2 === 0 ? (['there', 'absent'] as const) : (['absent', 'there'] as const);
    for (const which of order) {
      const things = which === 'there' ? foreign.known : unknownLike(foreign.known);
      const request = requestFor(call, own.known, things);
      const begun = performance.now();
      await send(request, 'org admin');
      times[which].push(performance.now() - begun);
    }
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A call that names something foreign; reads may name nothing. */
function nextCall(random: SeededRandom): ForeignCall {
  for (;;) {
    const route = random.pick(routes);
    const call = randomForeignCall(route, random);
    if (call.isForeign || route.method === 'GET') return call;
  }
}

/** Drawn often enough for what may be left out of a call to be in one. */
function mayNameThings(route: Route, random: SeededRandom): boolean {
  const calls = Array.from({ length: 20 }, () => randomForeignCall(route, random));
  return calls.some(({ slots }) => slots.some(({ value }) => 'kind' in value));
}

/** A call to the route in which everything that can be foreign is. */
function foreignCallTo(route: Route, random: SeededRandom): ForeignCall {
  for (;;) {
    const call = randomForeignCall(route, random);
    const named = call.slots.filter(({ value }) => 'kind' in value);
    if (named.length > 0 && named.every(({ value }) => 'kind' in value && value.source === 'foreign'))
      return call;
  }
}

async function expectNothingTold(call: ForeignCall, caller: CallerName): Promise<Answer> {
  const request = requestFor(call, own.known, foreign.known);
  const answer = await send(request, caller);
  const about = `${request.method} ${request.path} ${JSON.stringify(request.body)} by ${caller}: ${answer.status} ${JSON.stringify(answer.json)}`;
  expectNoTexts(request, answer, about);
  if (!call.isForeign) return answer;
  const told = TOLD_TO_ANYBODY[keyOf(call.route)];
  if (told !== undefined) {
    expect(told, about).toContain(answer.status);
    return answer;
  }
  const unknown = requestFor(call, own.known, unknownLike(foreign.known));
  const absent = await send(unknown, caller);
  expect(masked(request, answer), about).toEqual(masked(unknown, absent));
  return answer;
}

function send({ method, path, body }: Request, caller: CallerName): Promise<Answer> {
  return client(method, path, { token: own.cast.tokens[caller], ...(body !== undefined && { body }) });
}

function expectNoTexts({ path, body }: Request, { headers, json }: Answer, about: string): void {
  const received = JSON.stringify([json, ...headers]).toLowerCase();
  const found = texts.filter((text) => received.includes(text));
  if (found.length === 0) return;
  const sent = `${decodeURIComponent(path)} ${JSON.stringify(body)}`.toLowerCase();
  expect(
    found.filter((text) => !sent.includes(text)),
    about,
  ).toEqual([]);
}

/** Of each answer its own. */
const HEADERS_OF_EACH = new Set(['date', 'x-request-id', 'content-length']);

/** @returns an answer without what differs between any two: moments, new ids, and what was sent */
function masked({ path, body }: Request, { status, headers, json }: Answer): unknown {
  const sent = [...decodeURIComponent(path).split(/[/?&=]/), ...Object.values(body ?? {}).flat()]
    .filter((text) => typeof text === 'string')
    .filter((text) => text.length >= 8);
  let text = JSON.stringify(json) ?? '';
  for (const each of sent) text = text.replaceAll(each, '…');
  text = text
    .replace(/\d{4}-\d\d-\d\dT[0-9:.]+Z/g, 'moment')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'id')
    .replace(/ak_[\w-]+/g, 'key');
  return { status, text, headers: [...headers].filter(([name]) => !HEADERS_OF_EACH.has(name)) };
}

function keyOf({ name }: Route): string {
  return name.replace(/\{[^}]*\}/g, '{}');
}
