import { randomUUID } from 'node:crypto';
import {
  documentKey,
  encodeDocument,
  type FeedReader,
  type FeedReading,
  type FeedWriter,
} from '@px0/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUSES, type House, pages, start } from './feed-houses.js';
import { openSimulatedHouse } from './simulated-house.js';

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
const asked = documentKey.slug(org, 'greeting');
const keysOf = (reading: FeedReading | undefined) => reading?.documents.map(({ key }) => key).toSorted();

describe.each(Object.entries({ ...HOUSES, 'the simulation': openSimulatedHouse }))(
  'what comes along with a look-up in %s',
  (_name, open) => {
    let house: House;
    let writer: FeedWriter;
    let reader: FeedReader;

    beforeEach(async () => {
      house = await open();
      ({ writer, reader } = house);
    });
    afterEach(async () => {
      await writer.close();
      await reader.close();
      await house.tearDown();
    });

    it('is what a render asks for next, of the same moment', async () => {
      await writer.rebuild(
        start,
        pages({ ...slug('greeting', id), ...prompt(id, 3), ...version(id, 2), ...version(id, 3) }),
      );
      const all = [asked, documentKey.prompt(id), documentKey.version(id, 3)].toSorted();
      expect(keysOf(await reader.lookUp([asked], 1))).toEqual(house.looksAhead ? all : [asked]);
      expect(keysOf(await reader.lookUp([asked]))).toEqual([asked]);
      const moved = prompt(id, 2);
      await writer.append(start, [
        { key: documentKey.prompt(id), revision: 11, body: moved[documentKey.prompt(id)] ?? '' },
      ]);
      const reading = await reader.lookUp([documentKey.prompt(id)], 1);
      expect(reading?.head.revision).toBe(11);
      expect(keysOf(reading)).toEqual(
        house.looksAhead
          ? [documentKey.prompt(id), documentKey.version(id, 2)].toSorted()
          : [documentKey.prompt(id)],
      );
    });

    it('is of no more keys than it may be', async () => {
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      const parts = ids.map((one) => ({ ...prompt(one, 1), ...version(one, 1) }));
      await writer.rebuild(start, pages(Object.assign({}, ...parts)));
      const keys = ids.map((one) => documentKey.prompt(one));
      const found = (await reader.lookUp(keys, 2))?.documents.length;
      expect(found).toBe(house.looksAhead ? 5 : 3);
    });

    it.each<[string, Record<string, string>]>([
      ['a slug of two teams', slug('greeting', id, randomUUID())],
      ['a slug of none', slug('greeting')],
      ['a slug whose prompt is absent', slug('greeting', randomUUID())],
      ['what is no JSON', { [asked]: 'no JSON: {' }],
      ['JSON that is no object', { [asked]: '"text"' }],
      ['prompts that are none', { [asked]: '{"prompts":[7]}' }],
      ['prompts that are no list', { [asked]: '{"prompts":{"1":{"prompt_id":7}}}' }],
      ['a prompt without a live version', { ...slug('other', id), ...prompt(id, null), [asked]: '[]' }],
      ['JSON that is nested too deeply', { [asked]: '['.repeat(5_000) }],
    ])('is nothing after %s', async (_what, documents) => {
      await writer.rebuild(start, pages({ ...prompt(id, 3), ...documents }));
      expect(await reader.lookUp([asked, 'absent'], 9)).toEqual({
        head: start,
        documents: [{ key: asked, revision: 10, body: documents[asked] ?? '' }],
      });
    });
  },
);
