import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '#limits.js';
import { post, RawConnection, untilAnswer } from './client.js';
import { newOrg, type RunningGateway, runGateway } from './running-gateway.js';

let running: RunningGateway;
let url: string;
let key: string;
const org = newOrg();

beforeAll(async () => {
  running = await runGateway({ env: { PX0_RENDER_TIMEOUT: '20000' } });
  url = `http://127.0.0.1:${running.port}/v1/renders`;
  key = await running.feed.key({ org_id: org.org_id });
  const { feed } = running;
  const settings = { model: 'some/model', model_params: { temperature: 0.5 } };
  await feed.prompt(
    { ...org, slug: 'greeting', live: 2, tags: { old: 1, new: 2 } },
    ['Hi {{.name}}', 'Hello {{.name}}', 'Draft for {{.name}}'],
    settings,
  );
  await feed.prompt({ ...org, slug: 'idle' }, ['never live']);
  await feed.prompt({ ...org, slug: 'shared', live: 1 }, ['of one team']);
  await feed.prompt({ ...org, team_id: org.otherTeam, slug: 'shared', live: 1 }, ['of the other team']);
  await feed.prompt({ ...org, slug: 'long', live: 1 }, ['{{range .n}}{{range $.n}}{{end}}{{end}}done']);
  await feed.prompt({ ...org, slug: 'echo', live: 1 }, ['{{.text}}']);
  await feed.prompt({ ...org, slug: 'endless', live: 1 }, ['{{range 999999999}}{{end}}']);
});
afterAll(() => running.close());

interface Result {
  readonly rendered?: string;
  readonly version?: number;
  readonly error?: string;
  readonly status?: number;
}

async function batch(...renders: unknown[]): Promise<Result[]> {
  const { status, json } = await post(url, { key, body: { renders } });
  expect([status, Object.keys(json as object)]).toEqual([200, ['results']]);
  return (json as { results: Result[] }).results;
}

const greet = (name: string, more: Record<string, unknown> = {}) => ({
  slug: 'greeting',
  variables: { name },
  ...more,
});
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test('each render has the answer that it has alone, and they stand in their order', async () => {
  const alone = await post(running.renderUrl('greeting', 'old'), {
    key,
    body: { variables: { name: 'Zoë' } },
  });
  const names = numbers(LIMITS.batchRenders - 1).map((index) => `name ${index}`);
  const results = await batch(greet('Zoë', { version: 'old' }), ...names.map((name) => greet(name)));
  expect(results[0]).toEqual(alone.json);
  expect(results.slice(1).map(({ rendered }) => rendered)).toEqual(names.map((name) => `Hello ${name}`));
});

test('a render names its prompt by slug or id, and its version by number, text or tag', async () => {
  const prompt = await running.feed.prompt({ ...org, slug: 'by-id', live: 1 }, ['one', 'two']);
  const results = await batch(
    { slug: prompt.id },
    { slug: 'by-id', version: 2 },
    { slug: 'by-id', version: '2' },
    greet('A', { version: 'old' }),
    { slug: 'shared', team_id: org.otherTeam },
  );
  expect(results.map(({ rendered }) => rendered)).toEqual(['one', 'two', 'two', 'Hi A', 'of the other team']);
});

test('what is wrong with one render is told in its place, and the others are rendered', async () => {
  const rows: [unknown, number, string][] = [
    ['text', 400, 'invalid request body'],
    [null, 400, 'invalid request body'],
    [{ slug: 7 }, 400, 'invalid request body'],
    [greet('A', { version: true }), 400, 'invalid request body'],
    [greet('A', { missing: 'nothing' }), 400, 'invalid request body'],
    [{ variables: {} }, 400, 'slug is required'],
    [{ slug: '' }, 400, 'slug is required'],
    [{ slug: 'greeting', variables: [] }, 400, 'variables must be a JSON object'],
    [greet('A', { team_id: 'x' }), 400, 'invalid id'],
    [greet('A', { team_id: 7 }), 400, 'invalid id'],
    [{ slug: 'nobody' }, 404, 'prompt not found'],
    [greet('A', { version: 9 }), 404, 'version not found'],
    [greet('A', { version: 1.5 }), 404, 'version not found'],
    [{ slug: 'idle' }, 404, 'no live version found for this prompt'],
    [{ slug: 'shared' }, 409, 'slug is ambiguous; pass team_id'],
    [{ slug: 'greeting' }, 422, expect.stringMatching(/^template execution failed: template: greeting:1:/)],
    [{ slug: 'greeting', missing: 'zero' }, 200, 'Hello <no value>'],
  ];
  const renders = rows.flatMap(([render], index) => [render, greet(String(index))]);
  const results = await batch(...renders);
  expect(results.filter((_result, index) => index % 2 === 1).map(({ rendered }) => rendered)).toEqual(
    rows.map((_row, index) => `Hello ${index}`),
  );
  expect(
    results
      .filter((_result, index) => index % 2 === 0)
      .map(({ status = 200, error, rendered }) => [status, error ?? rendered]),
  ).toEqual(rows.map(([, status, words]) => [status, words]));
  expect(results.find(({ status }) => status === 409)).toMatchObject({
    team_ids: [org.team_id, org.otherTeam].sort(),
  });
});

describe('the whole is refused', () => {
  test.each<[string, unknown, number, string]>([
    ['no object', [], 400, 'invalid request body'],
    ['no JSON', '{"renders": [{]}', 400, 'invalid request body'],
    ['JSON with something after it', '{"renders": [{}]} x', 400, 'invalid request body'],
    ['nothing', '', 400, 'invalid request body'],
    ['no renders', {}, 400, 'renders must be a list of 1 to 100 renders'],
    ['an empty list', { renders: [] }, 400, 'renders must be a list of 1 to 100 renders'],
    ['no list', { renders: {} }, 400, 'renders must be a list of 1 to 100 renders'],
    ['101 renders', { renders: numbers(101) }, 400, 'renders must be a list of 1 to 100 renders'],
    ['more than 1 MiB', { renders: ['x'.repeat(1024 * 1024)] }, 413, 'request body too large'],
  ])('%s', async (_what, body, status, error) => {
    const answer = await post(url, { key, body });
    expect([answer.status, (answer.json as Result).error]).toEqual([status, error]);
  });

  test('without a key that is known, whatever the body says', async () => {
    const unknown = await running.feed.key({ org_id: org.org_id });
    await running.feed.revoke(unknown);
    for (const bad of [unknown, 'ak_junk']) {
      for (const body of [{ renders: [greet('A')] }, 'no JSON', { renders: [] }]) {
        expect((await post(url, { key: bad, body })).status).toBe(401);
      }
    }
  });

  test('by another method', async () => {
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });
});

test('of a key that is there twice, the last is meant', async () => {
  const body = `{"renders": 7, "renders": [{"slug": "nobody", "slug": "greeting", "variables": {"name": "A"}}]}`;
  expect(await post(url, { key, body })).toMatchObject({ status: 200, json: { results: [{ version: 2 }] } });
});

test('a long body is read render by render: what is no JSON in one of them is its own error', async () => {
  const text = 'é'.repeat(20_000);
  const renders = ['"A"', 'B', '"C"'].map(
    (name) => ` {"variables" : {"name":${name}, "text": "${text}"}, "slug" : "greeting"}`,
  );
  const { json } = await post(url, {
    key,
    body: ` { "x": [{"]": "}"}], "renders" : [${renders.join(' ,')} ] } `,
  });
  expect((json as { results: Result[] }).results.map(({ rendered, error }) => rendered ?? error)).toEqual([
    'Hello A',
    'invalid request body',
    'Hello C',
  ]);
});

test('a render whose own part is long has the answer that it has alone', async () => {
  const text = '<é"\\>'.repeat(30_000);
  const [short, long, ...wrong] = await batch(
    greet('A'),
    { slug: 'echo', team_id: '', variables: { text } },
    { variables: { text } },
    { slug: text, variables: {} },
    { slug: 'echo', team_id: text, variables: {} },
  );
  expect([short?.rendered, long?.rendered]).toEqual(['Hello A', text]);
  expect(wrong.map(({ error }) => error)).toEqual(['slug is required', 'prompt not found', 'invalid id']);
});

test('what takes long is rendered in the pool, and reaches its limits there as it does alone', async () => {
  const variables = { n: numbers(100) };
  const results = await batch(
    { slug: 'long', variables },
    greet('A'),
    { slug: 'endless' },
    { slug: 'long', variables },
    { slug: 'long', variables },
    { slug: 'long', variables },
  );
  const alone = await post(running.renderUrl('endless'), { key });
  expect(results.map(({ rendered, error }) => rendered ?? error)).toEqual([
    'done',
    'Hello A',
    (alone.json as Result).error,
    'done',
    'done',
    'done',
  ]);
  expect((alone.json as Result).error).toMatch(/exceeds the limit of 1000000 on steps$/);
});

test('answers that are too long together are refused one by one, in 16 MiB', async () => {
  const text = '\u0001'.repeat(9_000);
  // 54 kB of output each time that it is printed, and six bytes in JSON for each.
  await running.feed.prompt({ ...org, slug: 'control', live: 1 }, ['{{range 100}}{{$.text}}{{end}}']);
  const results = await batch(...numbers(5).map(() => ({ slug: 'control', variables: { text } })));
  const refused = results.filter(({ status }) => status === 413);
  expect(refused).toEqual(refused.map(() => ({ error: 'answer too large', status: 413 })));
  expect(refused.length).toBe(2);
});

test('others are answered while a batch is worked on', async () => {
  // Half a millisecond each and more, some dozens of slices: to print floats is what costs most.
  await running.feed.prompt({ ...org, slug: 'work', live: 1 }, ['{{range 600}}{{$.float}}{{end}}']);
  const work = { slug: 'work', variables: { float: 1.1e-300 } };
  await batch(work);
  let isDone = false;
  const whole = batch(...numbers(100).map(() => work)).then(() => {
    isDone = true;
  });
  const during: boolean[] = [];
  await new Promise((resolve) => setImmediate(resolve));
  while (!isDone && during.length < 1_000) {
    await post(running.renderUrl('greeting'), { key, body: { variables: { name: 'A' } } });
    during.push(isDone);
  }
  await whole;
  expect(during.filter((after) => !after).length).toBeGreaterThan(0);
});

test('a client that goes away takes its batch along, and what was held for it', async () => {
  const small = await runGateway({ env: { PX0_IN_FLIGHT_BYTES: String(16 * 1024 * 1024) } });
  onTestFinished(() => small.close());
  const ownKey = await small.feed.key({ org_id: org.org_id });
  await small.feed.prompt({ ...org, slug: 'endless', live: 1 }, ['{{range 999999999}}{{end}}']);
  await small.feed.prompt({ ...org, slug: 'short', live: 1 }, ['done']);
  const renders = numbers(100).map(() => ({ slug: 'endless' }));
  const body = JSON.stringify({ renders, padding: 'x'.repeat(900_000) });
  const head = `POST /v1/renders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ownKey}\r\n`;
  // More than there is room for, if it were not given back.
  for (let count = 0; count < 20; count++) {
    const connection = new RawConnection(small.port);
    await connection.send(`${head}content-length: ${body.length}\r\n\r\n${body}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    connection.close();
    await connection.closed;
  }
  const answer = await untilAnswer(
    'room for a batch',
    ({ status }) => status === 200,
    () =>
      post(`http://127.0.0.1:${small.port}/v1/renders`, {
        key: ownKey,
        body: { renders: [{ slug: 'short' }], padding: 'x'.repeat(900_000) },
      }),
  );
  expect(answer.json).toMatchObject({ results: [{ rendered: 'done' }] });
});
