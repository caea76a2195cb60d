import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@px0/test-bed';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { LIMITS } from '#limits.js';
import { forWorkers, NOT_FOR_WORKERS } from '#render/long-documents.js';
import { type Answer, post } from '../client.js';
import { newOrg, type RunningGateway, runGateway } from '../running-gateway.js';

const MIB = 1024 * 1024;
let running: RunningGateway;
let key: string;
let last: ReturnType<RunningGateway['gateway']['metrics']>;
const org = newOrg();

beforeAll(async () => {
  // No time limit to speak of: the machine may be busy.
  running = await runGateway({ env: { PX0_RENDER_TIMEOUT: '60000' } });
  key = await running.feed.key({ org_id: org.org_id });
  last = running.gateway.metrics();
});
afterAll(() => running.close());

const words = ({ json }: Answer) => (json as { error?: string }).error;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

async function prompt(slug: string, template: string): Promise<void> {
  await running.feed.prompt({ ...org, slug, live: 1, tags: { production: 1 } }, [template], { model: 'm' });
}

function render(slug: string, variables: unknown = {}): Promise<Answer> {
  return post(running.renderUrl(slug), { key, body: { variables } });
}

/** What the gateway counted since it was asked last. */
async function counted(more: number): Promise<{ inPlace: number; inPool: number }> {
  const before = running.gateway.metrics();
  const total = ({ renderedInPlace, renderedInPool, refused }: typeof before) =>
    renderedInPlace + renderedInPool + Object.values(refused).reduce((sum, count) => sum + count);
  const seen = total(last);
  await vi.waitFor(() => expect(total(running.gateway.metrics())).toBe(seen + more), 5_000);
  const now = running.gateway.metrics();
  const delta = {
    inPlace: now.renderedInPlace - last.renderedInPlace,
    inPool: now.renderedInPool - last.renderedInPool,
  };
  last = now;
  return delta;
}

test('what is cheap is rendered in place; what costs more, is longer to load or longer to read, in the pool', async () => {
  const nested = '{{range .n}}{{range $.n}}{{.}}{{end}}{{end}}';
  await prompt('nested', nested);
  await prompt('echo', '{{.text}}');
  await prompt('long', '{{.a}}'.repeat(1_000));

  expect((await render('nested', { n: numbers(3) })).json).toMatchObject({
    rendered: '012012012',
    model: 'm',
  });
  expect(await counted(1)).toEqual({ inPlace: 1, inPool: 0 });

  const steps = await render('nested', { n: numbers(60) });
  expect(steps.json).toEqual({
    rendered: numbers(60).join('').repeat(60),
    version: 1,
    slug: 'nested',
    tags: ['production'],
    model: 'm',
    model_params: null,
  });
  const output = await render('echo', { text: 'é'.repeat(LIMITS.outputBytesInPlace / 2 - 50) });
  expect(output.json).toMatchObject({ rendered: expect.stringMatching(/^é+$/) });
  const body = await render('echo', { text: 'é'.repeat(LIMITS.bodyBytesInPlace) });
  expect(body.json).toMatchObject({ rendered: 'é'.repeat(LIMITS.bodyBytesInPlace) });
  expect((await render('long', { a: 'x' })).json).toMatchObject({ rendered: 'x'.repeat(1_000) });
  expect(await counted(4)).toEqual({ inPlace: 1, inPool: 3 });

  await prompt('count', '{{len .list}}');
  const lists = (count: number) => Array.from({ length: count }, () => ({}));
  expect((await render('count', { list: lists(LIMITS.shortBody / 3 - 20) })).status).toBe(200);
  expect(await counted(1)).toEqual({ inPlace: 1, inPool: 0 });
  expect((await render('count', { list: lists(LIMITS.shortBody / 3) })).status).toBe(200);
  expect(await counted(1)).toEqual({ inPlace: 0, inPool: 1 });
});

test('a version that was too much in place goes to the pool for a while, whatever it is given', async () => {
  await prompt('moody', '{{range .n}}{{range $.n}}{{.}}{{end}}{{end}}');
  const small = () => render('moody', { n: numbers(2) });
  const restsAtOnce = async () => {
    await render('moody', { n: numbers(60) });
    expect((await small()).json).toMatchObject({ rendered: '0101' });
    return (await counted(2)).inPool === 2 || undefined;
  };
  // Where the pool is slow it may have rested already; it rests for longer each time.
  await until('sent to the pool with the next one', restsAtOnce, 20_000);
  const inPlace = async () => {
    expect((await small()).json).toMatchObject({ rendered: '0101' });
    return (await counted(1)).inPlace === 1 || undefined;
  };
  await until('rendered in place again', inPlace, 20_000);
}, 60_000);

describe('a long body is judged as a short one is', () => {
  const text = 'x'.repeat(LIMITS.bodyBytesInPlace);
  beforeAll(() => prompt('judge', '{{.text}}'));
  test.each<[string, string, number, string]>([
    ['no JSON', `{"variables": {"text": "${text}"}`, 400, 'invalid request body'],
    ['no UTF-8', `{"variables": {"text": "${text}`, 400, 'invalid request body'],
    ['variables that are none', `{"variables": ["${text}"]}`, 400, 'variables must be a JSON object'],
    ['an unknown missing', `{"missing": "${text}"}`, 400, 'invalid request body'],
    ['nothing to print', `{"variables": {"other": "${text}"}}`, 422, 'map has no entry for key "text"'],
  ])('%s', async (_what, body, status, error) => {
    const answer = await post(running.renderUrl('judge'), { key, body });
    expect([answer.status, words(answer)]).toEqual([status, expect.stringContaining(error)]);
  });

  test('a key that is not known comes before all that', async () => {
    const gone = await running.feed.key({ org_id: org.org_id });
    await running.feed.revoke(gone);
    expect((await post(running.renderUrl('judge'), { key: gone, body: `{${text}` })).status).toBe(401);
  });
});

test('the limit of time is 422, what there is no room for 503 with Retry-After', async () => {
  const small = await runGateway({
    env: { PX0_RENDER_TIMEOUT: '300', PX0_POOL_THREADS: '1', PX0_POOL_QUEUE: '0' },
  });
  onTestFinished(() => small.close());
  const ownKey = await small.feed.key({ org_id: org.org_id });
  await small.feed.prompt({ ...org, slug: 'slow', live: 1 }, [
    '{{range .n}}{{range $.n}}{{printf "%v" $.f | len | eq 0}}{{end}}{{end}}',
  ]);
  const body = { variables: { n: numbers(1_000), f: numbers(900).map(() => 1.1e-300) } };
  const answers = await Promise.all([1, 2].map(() => post(small.renderUrl('slow'), { key: ownKey, body })));
  expect(
    answers.map((answer) => [answer.status, words(answer), answer.headers.get('retry-after')]).sort(),
  ).toEqual([
    [422, 'template execution failed: time limit exceeded', null],
    [503, 'service unavailable', '1'],
  ]);
  expect(small.gateway.metrics()).toMatchObject({ poolTimedOut: 1 });
});

test('clients that go away while their renders are in the pool leave nothing behind that fails', async () => {
  await prompt('many', '{{range 300000}}{{end}}');
  const requests = numbers(8).map(() => {
    const gone = new AbortController();
    const sent = fetch(running.renderUrl('many'), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: '{}',
      signal: gone.signal,
    });
    setTimeout(() => gone.abort(), 30);
    return sent.catch(() => undefined);
  });
  await Promise.all(requests);
  // Theirs are rendered first, which on a busy machine may take longer than one may wait for a thread.
  await expect
    .poll(async () => (await render('many')).json, { timeout: 20_000 })
    .toMatchObject({ rendered: '' });
  expect(running.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('workers are told of a long version that it is there, and no more', () => {
  const document = (body: string | null) => ({ key: 'version:x', revision: 1, body });
  const short = document(`{"x":[${'[],'.repeat(100)}[]]}`);
  expect(forWorkers(short)).toBe(short);
  const text = document(`"${'x'.repeat(MIB / 2)}"`);
  expect(forWorkers(text)).toBe(text);
  expect(forWorkers(document(null)).body).toBeNull();
  // The text has what is not counted in it: only structure costs time.
  const prose = document(JSON.stringify({ text: '"[{: \\'.repeat(50_000) }));
  expect(forWorkers(prose)).toBe(prose);
  const keys = (count: number) => Object.fromEntries(numbers(count).map((index) => [`k"${index}`, 0]));
  const few = document(JSON.stringify(keys(LIMITS.documentPartsInPlace)));
  expect(forWorkers(few)).toBe(few);
  for (const long of [
    `[${'[],'.repeat(LIMITS.documentPartsInPlace)}[]]`,
    JSON.stringify(keys(LIMITS.documentPartsInPlace + 1)),
    `[${'0,'.repeat(40_000)}0]`,
    `[${'{},'.repeat(30_000)}0]`,
  ]) {
    expect(forWorkers(document(long)).body).toBe(NOT_FOR_WORKERS);
  }
  expect(forWorkers(document(`"${'x'.repeat(MIB)}"`)).body).toBe(NOT_FOR_WORKERS);
  const prompt = { key: 'prompt:x', revision: 1, body: 'x'.repeat(2 * MIB) };
  expect(forWorkers(prompt)).toBe(prompt);
});

test('nothing that the file of the pool threads imports is uWebSockets.js: they are ended in the middle', async () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await readFile(file, 'utf8');
    for (const [, from = ''] of text.matchAll(/^(?:import|export) (?:.* from )?['"]([^'"]+)['"];$/gm)) {
      if (from.startsWith('.')) await visit(path.resolve(path.dirname(file), from));
      else packages.add(from);
    }
  };
  await visit(fileURLToPath(import.meta.resolve('#pool/render-thread.js')));
  expect(seen.size).toBeGreaterThan(5);
  expect([...packages].sort()).toEqual([
    '@px0/contract',
    '@px0/template-engine',
    'lru-cache',
    'node:os',
    'node:worker_threads',
    'piscina',
  ]);
});
