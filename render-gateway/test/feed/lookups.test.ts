import type { FeedReader, FeedReading } from '@px0/contract';
import { expect, test } from 'vitest';
import { DocumentStore } from '#feed/document-store.js';
import { Lookups } from '#feed/lookups.js';
import { LIMITS } from '#limits.js';

const HEAD = { epoch: 'e', revision: 9 };

/** Look-ups in a feed that has the given documents, and answers when it is told to. */
function lookUpsIn(documents: Record<string, string> = {}, maxBytes = 1_000_000) {
  const questions: { keys: readonly string[]; answer: (reading?: FeedReading) => void }[] = [];
  const lookUp = (keys: readonly string[]) =>
    new Promise<FeedReading | undefined>((resolve) => {
      const found = keys.flatMap((key) => {
        const body = documents[key];
        return body === undefined ? [] : { key, revision: 5, body };
      });
      questions.push({
        keys,
        answer: (reading = { head: HEAD, documents: found }) => resolve(reading),
      });
    });
  const evicted: string[] = [];
  const store = new DocumentStore({ maxBytes, onEvict: (key) => evicted.push(key) });
  const lookups = new Lookups({
    reader: { lookUp } as unknown as FeedReader,
    store,
    position: () => HEAD,
    reading: () => undefined,
    onFailure: () => {},
  });
  return { lookups, questions, store, evicted };
}

test('documents that are wanted together are asked for in one question, and each once whoever asks', async () => {
  const { lookups, questions } = lookUpsIn({ 'key:a': 'A' });
  const found = Promise.all(['key:a', 'key:b', 'key:a'].map((key) => lookups.find(key)));
  await Promise.resolve();
  const late = lookups.find('key:b');
  expect(questions.map(({ keys }) => keys)).toEqual([['key:a', 'key:b']]);
  questions[0]?.answer();
  const a = { known: true, document: { key: 'key:a', revision: 5, body: 'A' } };
  const b = { known: true, document: { key: 'key:b', revision: 9, body: null } };
  expect(await found).toEqual([a, b, a]);
  expect(await late).toEqual(b);
});

/** A slug's question, answered with its prompt along. */
async function askedWithOneAhead(meanwhile: (bed: ReturnType<typeof lookUpsIn>) => void, maxBytes?: number) {
  const bed = lookUpsIn({}, maxBytes);
  void bed.lookups.find('slug:a');
  await Promise.resolve();
  meanwhile(bed);
  const documents = ['slug:a', 'prompt:a'].map((key) => ({ key, revision: 5, body: key }));
  bed.questions[0]?.answer({ head: HEAD, documents });
  await new Promise((resolve) => setImmediate(resolve));
  return bed.store.find('prompt:a');
}

test('what comes along unasked is held for whoever asks next', async () => {
  expect(await askedWithOneAhead(() => {})).toEqual({ key: 'prompt:a', revision: 5, body: 'prompt:a' });
});

test('what comes along unasked does not change what is known: nobody would be told', async () => {
  for (const body of ['held', null]) {
    const known = { key: 'prompt:a', revision: 2, body };
    const find = await askedWithOneAhead(({ store }) => {
      store.vouchForAbsences(true);
      store.apply(known);
    });
    expect(find).toEqual(known);
  }
});

test('what comes along unasked is not held if a newer state of it may have come by, and be gone again', async () => {
  const newer = { key: 'prompt:a', revision: 9, body: 'x'.repeat(2_000) };
  const cameBy = ({ lookups, store }: ReturnType<typeof lookUpsIn>) => {
    store.apply(newer);
    lookups.saw(newer);
  };
  expect(await askedWithOneAhead(cameBy, 1_000)).toBeUndefined();
  expect(await askedWithOneAhead(cameBy)).toEqual(newer);
  expect(await askedWithOneAhead(({ lookups }) => lookups.overtake())).toBeUndefined();
});

test('of versions, which may be large, fewer are asked for in one question', async () => {
  const { lookups, questions } = lookUpsIn();
  for (let index = 0; index < 25; index++) void lookups.find(`version:${index}`);
  for (let index = 0; index < 700; index++) void lookups.find(`key:${index}`);
  await Promise.resolve();
  expect(questions.map(({ keys }) => keys.length)).toEqual([10, 10, 5, 500, 200]);
});

test('an answer that a reading of everything overtook is asked for again, alone', async () => {
  const { lookups, questions } = lookUpsIn({ 'key:a': 'A' });
  const early = lookups.find('key:a');
  await Promise.resolve();
  lookups.overtake();
  questions[0]?.answer();
  await new Promise((resolve) => setImmediate(resolve));
  expect(questions.map(({ keys }) => keys)).toEqual([['key:a'], ['key:a']]);
  questions[1]?.answer();
  expect(await early).toMatchObject({ known: true, document: { body: 'A' } });
});

test('when too many are under way the next ones are not known, at once', async () => {
  const { lookups, questions } = lookUpsIn();
  for (let index = 0; index < LIMITS.documentsAwaitedOfFeed; index++) void lookups.find(`key:${index}`);
  expect(await lookups.find('key:one more')).toEqual({ known: false });
  await Promise.resolve();
  for (const { answer } of questions) answer();
  await new Promise((resolve) => setImmediate(resolve));
  const again = lookups.find('key:one more');
  await Promise.resolve();
  questions.at(-1)?.answer();
  expect(await again).toMatchObject({ known: true });
});

test('a flood of unknown keys leaves a bounded number of absences behind, and all that exists', () => {
  const { store } = lookUpsIn();
  store.vouchForAbsences(true);
  store.apply({ key: 'key:mine', revision: 1, body: 'x' });
  const unknown = (index: number) => `key:${String(index).padStart(64, '0')}`;
  for (let index = 0; index < 120_000; index++) store.learn({ key: unknown(index), revision: 9, body: null });
  expect(store.find('key:mine')).toBeDefined();
  expect(store.find(unknown(119_999))).toMatchObject({ body: null });
  expect(store.find(unknown(50_000))).toBe(undefined);
});

test('what is larger than all the room that there is for documents is asked for each time it is wanted', async () => {
  const body = 'x'.repeat(2_000);
  const { lookups, questions, store, evicted } = lookUpsIn({ 'version:a': body }, 1_000);
  for (const times of [1, 2]) {
    const found = lookups.find('version:a');
    await Promise.resolve();
    expect(questions).toHaveLength(times);
    questions.at(-1)?.answer();
    expect(await found).toEqual({ known: true, document: { key: 'version:a', revision: 5, body } });
    // Whoever was answered lets go of it too.
    expect(evicted).toHaveLength(times);
  }
  expect(store.count).toBe(0);
});

test('what was answered of a newer head than the position is not answered of an older one afterwards', async () => {
  const { lookups, questions } = lookUpsIn({ 'key:a': 'A' });
  const first = lookups.find('key:b');
  await Promise.resolve();
  questions[0]?.answer({ head: { epoch: 'e', revision: 12 }, documents: [] });
  expect(await first).toMatchObject({ known: true, document: { revision: 12, body: null } });
  // The store is set back to a copy from before, which is not behind the position.
  const second = lookups.find('key:a');
  await Promise.resolve();
  questions[1]?.answer();
  expect(await second).toEqual({ known: false });
  // Two that are on their way together may be answered in any order.
  const late = lookups.find('key:c');
  await Promise.resolve();
  const early = lookups.find('key:d');
  await Promise.resolve();
  questions[3]?.answer({ head: { epoch: 'e', revision: 14 }, documents: [] });
  await early;
  questions[2]?.answer({ head: { epoch: 'e', revision: 13 }, documents: [] });
  expect(await late).toMatchObject({ known: true });
});
