import { randomUUID } from 'node:crypto';
import { documentKey, encodeDocument, type FeedReading } from '@px0/contract';
import { expect, it } from 'vitest';
import { describeEachHouse } from './each-house.js';
import { pages, start } from './feed-houses.js';

const [org, team, id] = [randomUUID(), randomUUID(), randomUUID()];
const slug = (name: string, ...ids: string[]) => ({
  [documentKey.slug(org, name)]: encodeDocument({
    kind: 'slug',
    org_id: org,
    slug: name,
    prompts: ids.map((prompt_id) => ({ team_id: team, prompt_id })),
  }),
});
const prompt = (of: string, live: number | null) => ({
  [documentKey.prompt(of)]: encodeDocument({
    kind: 'prompt',
    id: of,
    org_id: org,
    team_id: team,
    slug: 'any',
    live,
    tags: {},
  }),
});
const version = (of: string, number: number) => ({ [documentKey.version(of, number)]: '{"any":1}' });
const greeting = documentKey.slug(org, 'greeting');
const promptKey = documentKey.prompt(id);
const keysOf = (reading: FeedReading | undefined) => reading?.documents.map(({ key }) => key).toSorted();

describeEachHouse('what comes along with a look-up in %s', (houseOf) => {
  it('is what a render asks for next, of the same moment', async () => {
    const { writer, reader, looksAhead } = houseOf();
    const versions = { ...version(id, 2), ...version(id, 3) };
    await writer.rebuild(start, pages({ ...slug('greeting', id), ...prompt(id, 3), ...versions }));
    expect(keysOf(await reader.lookUp([greeting]))).toEqual([greeting]);
    const third = [promptKey, greeting, documentKey.version(id, 3)];
    expect(keysOf(await reader.lookUp([greeting], 1))).toEqual(looksAhead ? third : [greeting]);
    await writer.append(start, [{ key: promptKey, revision: 11, body: prompt(id, 2)[promptKey] ?? '' }]);
    const reading = await reader.lookUp([promptKey], 1);
    expect(reading?.head.revision).toBe(11);
    const second = [promptKey, documentKey.version(id, 2)];
    expect(keysOf(reading)).toEqual(looksAhead ? second : [promptKey]);
  });

  it('is of no more keys than it may be', async () => {
    const { writer, reader, looksAhead } = houseOf();
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const parts = ids.map((one) => ({ ...prompt(one, 1), ...version(one, 1) }));
    await writer.rebuild(start, pages(Object.assign({}, ...parts)));
    const found = await reader.lookUp(ids.map(documentKey.prompt), 2);
    expect(found?.documents).toHaveLength(looksAhead ? 5 : 3);
  });

  it.each<[string, Record<string, string>]>([
    ['a slug of two teams', slug('greeting', id, randomUUID())],
    ['a slug of none', slug('greeting')],
    ['a slug whose prompt is absent', slug('greeting', randomUUID())],
    ['what is no JSON', { [greeting]: 'no JSON: {' }],
    ['JSON that is no object', { [greeting]: '"text"' }],
    ['JSON that is nested too deeply', { [greeting]: '['.repeat(5_000) }],
    ['prompts that are none', { [greeting]: '{"prompts":[7]}' }],
    ['prompts that are no list', { [greeting]: '{"prompts":{"1":{"prompt_id":7}}}' }],
    ['a prompt without a live version', prompt(id, null)],
    ['a prompt whose live version is absent', prompt(id, 4)],
    ['a live version that is no number', { [promptKey]: `{"id":"${id}","live":"3"}` }],
    ['a prompt without an id', { [promptKey]: '{"live":3}' }],
    ['a version', version(id, 1)],
  ])('is nothing after %s', async (_what, documents) => {
    const { writer, reader } = houseOf();
    await writer.rebuild(start, pages({ ...prompt(id, 3), ...version(id, 3), ...documents }));
    const [[key, body]] = Object.entries(documents) as [[string, string]];
    expect(await reader.lookUp([key, 'absent'], 9)).toEqual({
      head: start,
      documents: [{ key, revision: 10, body }],
    });
  });
});
