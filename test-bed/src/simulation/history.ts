import { CREDENTIALS, isUnreadable, SLUGS } from './catalogue.js';
import type { StoreRules } from './feed-store.js';
import { Installation } from './installation.js';
import { Nemesis } from './nemesis.js';
import { PARTS, type Parts } from './parts.js';
import type { Tally } from './tally.js';
import { CALM, type Violation, type Weather, World } from './world.js';

/**
 * Milliseconds from the end of all trouble until every gateway must be where the database is. Calls that hang
 * are trouble until their callers give up, which takes up to 10 s.
 */
const HEALING = 5_000;
/** Beside that, until a gateway knows that its snapshot is of another feed. */
const DOUBT = 11_000;
/** In calm weather, from a change until every gateway has it: less than the publisher's heartbeat. */
const PROMPT = 600;
/** And until its threads hear of it, at the least and at the most: how long each of its steps takes is drawn. */
const SPREADING = [5, 25] as const;
/** One each millisecond: a thread that asks for a key has its answer within four. */
const ASKS = 6;

export interface HistoryOptions {
  readonly seed: number;
  readonly tally: Tally;
  readonly isTraced?: boolean;
  readonly parts?: Parts;
  readonly rules?: StoreRules;
}

export interface HistoryResult {
  readonly violation: Violation | undefined;
  /** What happened, if it was traced. */
  readonly lines: readonly string[];
}

/** Lives through one history: trouble and changes, healing, then changes in calm weather. */
export async function liveThrough(options: HistoryOptions): Promise<HistoryResult> {
  const { seed, tally, isTraced = false, parts = PARTS, rules = { isFenced: true } } = options;
  const world = new World(seed, tally, isTraced);
  const { time, random } = world;
  world.weather = drawWeather(world);
  world.note(() => `seed ${seed}: ${JSON.stringify(world.weather)}`);
  const installation = new Installation(world, parts, rules);
  const nemesis = new Nemesis(installation);

  const rough = random.between(500, 6_000);
  for (let events = random.between(10, 40); events > 0; events -= 1) {
    const act = random.chance(0.5) ? () => installation.changeSomething() : () => nemesis.act();
    time.after(random.between(0, rough), () => {
      if (random.chance(0.7)) act();
      const { current } = random.pick(installation.gateways);
      if (current.process.isAlive) current.probe();
    });
  }
  await time.passUntil(time.now + rough);

  world.weather = CALM;
  while (!nemesis.isDone) await time.passUntil(time.now + 500);
  world.note(() => 'HEALED');
  for (const link of installation.links) link.mend();
  while (!installation.network.isQuiet) await time.passUntil(time.now + 100);
  world.note(() => 'ALL IS QUIET');
  await time.passUntil(time.now + HEALING + (nemesis.hasMisled ? DOUBT : 0));
  await check(installation, true);

  for (let changes = random.between(1, 2); changes > 0 && world.violation === undefined; changes -= 1) {
    await untilRung(installation);
    time.after(random.between(0, 12), () => installation.changeSomething());
    const { current } = random.pick(installation.gateways);
    time.after(random.between(0, 12), () => {
      for (const line of [...current.reader.lines]) line.close('the connection was closed');
    });
    time.after(random.between(60, 130), () => installation.changeSomething());
    await time.passUntil(time.now + PROMPT);
    await check(installation, false);
  }
  if (world.violation === undefined) await askAmidChanges(installation);
  return { violation: world.violation, lines: world.lines };
}

/** Until just after a heartbeat: so none comes to the aid of a message that was lost. */
async function untilRung({ store, world: { time } }: Installation): Promise<void> {
  const before = store.rings;
  for (let waits = 0; store.rings === before && waits < 300; waits++) await time.passUntil(time.now + 10);
}

/**
 * Threads that hold nothing are asked for a prompt, and then by another caller, whose key they wait for while one
 * message changes both: the way that they find meanwhile must not outlast that message. Callers go on asking, for
 * the answer that the thread waits for has it forget whatever it remembers.
 */
async function askAmidChanges(installation: Installation): Promise<void> {
  const { world, gateways } = installation;
  const { time, random, tally } = world;
  const slug = random.pick(SLUGS);
  const first = CREDENTIALS.find((credential) => installation.admits(credential));
  const second = CREDENTIALS.find((credential) => credential !== first);
  if (first === undefined || second === undefined) return;
  for (const { current } of gateways) {
    current.replaceThread();
    current.render(first, slug);
  }
  await time.passUntil(time.now + 50);
  if (!installation.changeTogether(second, slug)) return;
  tally.deeds['asked amid a change'] += 1;
  for (const { current } of gateways) {
    const begin = random.between(...SPREADING);
    for (let asks = 0; asks < ASKS; asks += 1) time.after(begin + asks, () => current.render(second, slug));
  }
  await time.passUntil(time.now + 80);
  for (const { current } of gateways) {
    current.render(second, slug, installation.expectedAnswer(second, slug));
  }
  await time.passUntil(time.now + 50);
}

function drawWeather({ random }: World): Weather {
  return {
    callTrouble: random.pick([0, 0.01, 0.04, 0.12]),
    bellTrouble: random.pick([0, 0.05, 0.3]),
    latency: random.pick([2, 10, 60]),
  };
}

/** Everybody must know all that the database does. */
async function check(installation: Installation, isThorough: boolean): Promise<void> {
  const { world, database, store, gateways, judge } = installation;
  if (world.violation !== undefined) return;
  if (!database.isPublished) world.violate('notes are left in the outbox');
  for (const { current } of gateways) {
    const name = current.process.name;
    if (!current.process.isAlive) world.violate(`${name} is not there`);
    if (!current.isAt(store.head)) {
      world.violate(`${name} is ${current.condition}, and the feed at ${JSON.stringify(store.head)}`);
    }
    const keys = isThorough ? judge.keys : [];
    for (const key of keys) {
      const body = database.documents.get(key) ?? null;
      void current.findOut(key, isUnreadable(body) ? undefined : { body });
    }
  }
  await world.time.passUntil(world.time.now + 50);
  for (const { current } of isThorough ? gateways : []) {
    for (const key of current.refused) {
      if (isUnreadable(database.documents.get(key) ?? null)) continue;
      world.violate(`${current.process.name} refuses ${key}, which can be read, or is gone`);
    }
  }
  for (const credential of CREDENTIALS) {
    for (const slug of SLUGS) {
      const expected = installation.expectedAnswer(credential, slug);
      for (const { current } of gateways) current.render(credential, slug, expected);
      await world.time.passUntil(world.time.now + 60);
    }
  }
}
