import { documentKey, encodeDocument, type FeedDocument } from '@px0/contract';
import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { DocumentStore } from '#feed/document-store.js';
import { createCounters } from '#metrics/counters.js';
import { DocumentScreen } from '#screening/document-screen.js';
import { Refusals } from '#screening/refusals.js';
import { knownFeed } from '#snapshot/snapshot-keeper.js';

/** A store of documents whose screen refuses what cannot be read, and what becomes of it over a restart. */
const ID = '00000000-0000-4000-8000-000000000001';
const KEY = documentKey.prompt(ID);
const good = (slug: string) =>
  encodeDocument({ kind: 'prompt', id: ID, org_id: ID, team_id: ID, slug, live: null, tags: {} });
const [A, B, C] = [good('a'), good('b'), good('c')];
const BAD = '{"format":999}';
const at = (revision: number, body: string | null): FeedDocument => ({ key: KEY, revision, body });

interface Gateway {
  readonly store: DocumentStore;
  readonly refusals: Refusals;
  readonly evicted: string[];
}

function gateway(maxBytes = 100_000): Gateway {
  const refusals = new Refusals(createCounters(), pino({ level: 'silent' }), () => {});
  const evicted: string[] = [];
  const store = new DocumentStore({
    maxBytes,
    onEvict: (key) => evicted.push(key),
    screen: new DocumentScreen(refusals, { add: () => {} }),
  });
  return { store, refusals, evicted };
}

let { store, refusals, evicted } = gateway();
beforeEach(() => {
  ({ store, refusals, evicted } = gateway());
});
const body = () => store.find(KEY)?.body;
const refused = () => refusals.list().map(({ revision }) => revision);
/** A reading of everything finds nothing but this state. */
function readEverything(document: FeedDocument): void {
  store.startSweep();
  store.confirm(document);
  store.finishSweep(document.revision);
}

/** What a snapshot holds that is written when everything up to `revision` is applied, and where it begins. */
function snapshot(revision: number) {
  const known = knownFeed({ position: { epoch: 'e', revision }, currentAt: 1 }, refusals.earliest());
  const position = known?.position.revision ?? 0;
  return { position, documents: [...store.documents(position)] };
}

/** Another gateway begins from it, and reads what the log has from there. */
function restart({ position, documents }: ReturnType<typeof snapshot>, log: readonly FeedDocument[]) {
  const next = gateway();
  for (const document of documents) next.store.confirm(document);
  const heard = log.filter(({ revision }) => revision > position);
  for (const document of heard) next.store.apply(document);
  return { ...next, heard };
}

describe('a state that was put back', () => {
  beforeEach(() => {
    store.apply(at(10, A));
    store.learn(at(20, B));
    expect(store.refuse(KEY, 20, 'is of no use')).toEqual(at(20, A));
  });

  test('gives way to the refused one in a later start that can use it', () => {
    expect(body()).toBe(A);
    const taken = snapshot(25);
    expect(taken).toEqual({ position: 19, documents: [at(19, A)] });
    const next = restart(taken, [at(20, B)]);
    expect(next.store.find(KEY)).toEqual(at(20, B));
    expect(next.refusals.size).toBe(0);
  });

  test('serves a later start that cannot use it either', () => {
    const next = restart(snapshot(25), [at(20, BAD)]);
    expect(next.store.find(KEY)).toEqual(at(19, A));
    expect(next.refusals.list()).toMatchObject([{ key: KEY, revision: 20 }]);
  });

  test('is not taken into a snapshot that goes on from behind what was refused', () => {
    expect([...store.documents(20)]).toEqual([]);
    store.apply(at(30, BAD));
    expect(refused()).toEqual([30]);
    expect(snapshot(35)).toEqual({ position: 29, documents: [at(19, A)] });
  });

  test('is the newest again where a newer state is the same', () => {
    store.apply(at(30, A));
    expect(refused()).toEqual([]);
    expect(store.refuse(KEY, 20, 'word of the one before, late')).toBeUndefined();
    expect(refused()).toEqual([]);
    expect(snapshot(35)).toEqual({ position: 35, documents: [at(30, A)] });
  });
});

describe('a state that nobody has read', () => {
  test('goes into a snapshot with the one before, which serves if it is of no use', () => {
    store.apply(at(10, A));
    readEverything(at(20, BAD));
    const taken = snapshot(25);
    expect(taken).toEqual({ position: 25, documents: [at(19, A), at(20, BAD)] });
    const next = restart(taken, []);
    expect(next.store.find(KEY)).toEqual(at(20, BAD));
    expect(next.store.refuse(KEY, 20, 'x')).toEqual(at(20, A));
  });

  test('keeps the one before when another epoch confirms it, and is refused whatever its revision was', () => {
    store.apply(at(10, A));
    readEverything(at(20, BAD));
    readEverything(at(30, BAD));
    expect(store.refuse(KEY, 20, 'as a thread says that has not heard of the epoch')).toEqual(at(30, A));
    expect(refused()).toEqual([30]);
    expect(snapshot(35)).toEqual({ position: 29, documents: [at(29, A)] });
  });

  test('is not put back in the place of one that is of no use either', () => {
    store.apply(at(10, A));
    readEverything(at(20, B));
    readEverything(at(30, BAD));
    expect(refused()).toEqual([30]);
    expect(body()).toBe(B);
    expect(store.refuse(KEY, 20, 'x')).toEqual(at(20, A));
    expect(refused()).toEqual([30]);
  });

  test('goes without the one before where there is no room for both', () => {
    ({ store, refusals, evicted } = gateway(700));
    store.apply(at(10, A));
    readEverything(at(20, BAD.padEnd(450)));
    expect([store.count, evicted]).toEqual([1, []]);
    expect(store.refuse(KEY, 20, 'x')).toBeUndefined();
    expect(refused()).toEqual([20]);
  });
});

describe('word that a state is of no use', () => {
  test('means nothing once another has followed it', () => {
    store.learn(at(20, BAD));
    store.apply(at(30, C));
    store.refuse(KEY, 20, 'late');
    expect([refused(), body()]).toEqual([[], C]);
    store.apply(at(40, null));
    store.refuse(KEY, 30, 'late');
    expect(refused()).toEqual([]);
  });

  test('that came before the newer state was heard of ends with the look-up that finds it', () => {
    store.learn(at(30, C));
    // As another part of the gateway may have said it that does not ask the store.
    refusals.add(KEY, 20, 'x');
    store.learn(at(30, C));
    expect(refused()).toEqual([]);
  });

  test('goes on as long as the state that is known is the one before, or the one refused', () => {
    store.apply(at(10, A));
    store.apply(at(20, BAD));
    store.apply(at(10, A));
    store.apply(at(20, BAD));
    expect([refused(), body()]).toEqual([[20], A]);
    store.refuse(KEY, 20, 'once more');
    expect([refused(), body()]).toEqual([[20], A]);
  });
});

describe('beyond the refusals that are remembered', () => {
  beforeEach(() => {
    for (let n = 0; n < 10_003; n++) refusals.add(`key ${n}`, 100 + n, 'x');
  });

  test('what is known still ends before the first of all', () => {
    expect(refusals.size).toBe(10_000);
    expect([refusals.earliest(), snapshot(20_000).position]).toEqual([100, 99]);
    for (let n = 0; n < 10_003; n++) refusals.end(`key ${n}`, 20_000);
    expect([refusals.size, refusals.earliest()]).toEqual([0, 100]);
  });

  test('everything that is read anew is known again, but for what goes meanwhile', () => {
    refusals.startSweep();
    expect(refusals.earliest()).toBe(100);
    refusals.add('one more', 50_000, 'x');
    refusals.finishSweep();
    // That of 103 went for it.
    expect(refusals.earliest()).toBe(103);
    refusals.startSweep();
    refusals.finishSweep();
    expect(refusals.earliest()).toBe(104);
  });
});

describe('a document larger than the whole store', () => {
  const LARGE = good('x'.repeat(2_000));

  test('takes no room and is let go of in words, and so is what was held of it', () => {
    ({ store, refusals, evicted } = gateway(1_500));
    store.apply(at(10, A));
    expect(store.apply(at(20, LARGE))).toBe(true);
    expect([store.count, store.bytes, evicted]).toEqual([0, 0, [KEY]]);
    expect([...store.documents(100)]).toEqual([]);
    store.learn(at(20, LARGE));
    expect(evicted).toEqual([KEY, KEY]);
    store.clear();
    expect(evicted).toEqual([KEY, KEY]);
    store.apply(at(30, A));
    expect(store.find(KEY)).toEqual(at(30, A));
  });
});
