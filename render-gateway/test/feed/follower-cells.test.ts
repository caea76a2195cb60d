import type { Clock, FeedDocument, FeedHead, FeedMessage, FeedReader, FeedSubscriber } from '@px0/contract';
import { FeedUnavailableError, SILENCE_LIMIT } from '@px0/contract';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { FeedFollower } from '#feed/feed-follower.js';
import {
  FOLLOWER_EVENTS,
  FOLLOWER_STATES,
  FOLLOWER_TABLE,
  type FollowerAction,
  type FollowerEvent,
  type FollowerState,
} from '#feed/follower-states.js';

/**
 * Every cell of the follower's table, with the follower itself: it is brought into the state, the event
 * comes as it really does, and what it does is seen from outside.
 */

const HEAD: FeedHead = { epoch: 'e', revision: 10 };
const NEWS: FeedDocument = { key: 'a', revision: 11, body: 'A' };
const MESSAGES: Readonly<Record<'known' | 'next' | 'gap' | 'epoch', FeedMessage>> = {
  known: { ...HEAD, previous: 10 },
  next: { epoch: 'e', previous: 10, revision: 11, documents: [NEWS] },
  gap: { epoch: 'e', previous: 12, revision: 13, documents: [{ ...NEWS, revision: 13 }] },
  epoch: { epoch: 'f', previous: 20, revision: 20 },
};
const PAST: FeedMessage = { epoch: 'd', previous: 5, revision: 5 };

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A question to the feed that the test answers, when it likes. */
interface Question {
  readonly answer: (value: unknown) => void;
  readonly fail: () => void;
}

/** A follower whose feed and time are in the hands of a test. */
class Stage {
  now = 1_000_000;
  readonly timers = new Map<object, { readonly run: () => void; readonly delay: number }>();
  readonly seen: string[] = [];
  readonly changes: FeedDocument[] = [];
  readonly subscribers: FeedSubscriber[] = [];
  readonly subscribing: Question[] = [];
  readonly reading: Question[] = [];
  unsubscribed = 0;
  readonly follower: FeedFollower;

  constructor(restored: FeedHead | undefined) {
    const clock: Clock = {
      now: () => this.now,
      setTimeout: (run, delay) => {
        const handle = {};
        this.timers.set(handle, { run, delay });
        return handle;
      },
      clearTimeout: (handle) => void this.timers.delete(handle as object),
    };
    const ask = (list: Question[]) =>
      new Promise<unknown>((resolve, reject) => {
        list.push({ answer: resolve, fail: () => reject(new FeedUnavailableError('gone')) });
      });
    const reader: FeedReader = {
      subscribe: async (subscriber) => {
        this.subscribers.push(subscriber);
        await ask(this.subscribing);
        return {
          unsubscribe: async () => {
            this.unsubscribed += 1;
          },
        };
      },
      head: async () => (await ask(this.reading)) as FeedHead | undefined,
      readSince: async () => {
        const head = (await ask(this.reading)) as FeedHead | undefined;
        return head && { head, documents: [] };
      },
      async *readAll() {},
      lookUp: async () => undefined,
      close: async () => {},
    };
    this.follower = new FeedFollower({
      reader,
      maxBytes: 10_000,
      clock,
      steadyTime: clock.now,
      log: pino({ level: 'silent' }),
      random: () => 0,
      onChange: (documents) => this.changes.push(...documents),
      onEvict: () => {},
      onEvent: (event, state) => this.seen.push(`${state} × ${event}`),
      restored: restored && { position: restored, currentAt: this.now, documents: [] },
    });
  }

  get state(): FollowerState {
    return this.follower.status().state;
  }

  async answer(list: Question[], value?: unknown): Promise<void> {
    list.at(-1)?.answer(value);
    await settled();
  }

  async hear(message: FeedMessage): Promise<void> {
    this.subscribers.at(-1)?.message(message);
    await settled();
  }

  /** Lets the timer go off that was set. @returns whether there was one of that delay */
  async ring(isWanted: (delay: number) => boolean): Promise<boolean> {
    const found = [...this.timers].find(([, { delay }]) => isWanted(delay));
    if (found === undefined) return false;
    this.timers.delete(found[0]);
    found[1].run();
    await settled();
    return true;
  }
}

const isSilence = (delay: number) => delay === SILENCE_LIMIT;
const isRetry = (delay: number) => delay < SILENCE_LIMIT;

/** Ways into each state, from the one before it. All but the first stand at HEAD. */
const WAYS: Readonly<Record<FollowerState, (stage: Stage) => Promise<void>>> = {
  stopped: async () => {},
  subscribing: async (stage) => {
    stage.follower.start();
    await settled();
  },
  syncing: async (stage) => {
    await WAYS.subscribing(stage);
    await stage.answer(stage.subscribing);
  },
  following: async (stage) => {
    await WAYS.syncing(stage);
    await stage.answer(stage.reading, HEAD);
  },
  waiting: async (stage) => {
    await WAYS.syncing(stage);
    await stage.answer(stage.reading); // the log does not tell
    await stage.answer(stage.reading); // and there is no head
  },
  lost: async (stage) => {
    await WAYS.subscribing(stage);
    stage.subscribing.at(-1)?.fail();
    await settled();
  },
};

/** How each event comes. Where it cannot come, what would have brought it is tried all the same. */
const EVENTS: Readonly<Record<FollowerEvent, (stage: Stage) => Promise<void>>> = {
  start: async (stage) => stage.follower.start(),
  subscribed: (stage) => stage.answer(stage.subscribing),
  known: (stage) => stage.hear(MESSAGES.known),
  next: (stage) => stage.hear(MESSAGES.next),
  gap: (stage) => stage.hear(MESSAGES.gap),
  epoch: (stage) => stage.hear(MESSAGES.epoch),
  foreign: (stage) => stage.hear(PAST),
  synced: (stage) => stage.answer(stage.reading, HEAD),
  nothing: async (stage) => {
    await stage.answer(stage.reading);
    await stage.answer(stage.reading);
  },
  failed: async (stage) => {
    for (const question of [...stage.subscribing, ...stage.reading]) question.fail();
    await settled();
  },
  silence: async (stage) => void (await stage.ring(isSilence)),
  lost: async (stage) => {
    stage.subscribers.at(-1)?.lost(new FeedUnavailableError('gone'));
    await settled();
  },
  retry: async (stage) => void (await stage.ring(isRetry)),
  stop: async (stage) => {
    void stage.follower.stop();
    await settled();
  },
};

/** What is seen of a follower from outside. */
interface Sight {
  readonly state: FollowerState;
  readonly subscriptions: number;
  readonly readings: number;
  readonly unsubscribed: number;
  readonly changes: number;
  readonly position: number | undefined;
  readonly silence: object | undefined;
  readonly retry: object | undefined;
}

function look(stage: Stage): Sight {
  const timer = (isWanted: (delay: number) => boolean) =>
    [...stage.timers].find(([, { delay }]) => isWanted(delay))?.[0];
  return {
    state: stage.state,
    subscriptions: stage.subscribers.length,
    readings: stage.reading.length,
    unsubscribed: stage.unsubscribed,
    changes: stage.changes.length,
    position: stage.follower.status().position?.revision,
    silence: timer(isSilence),
    retry: timer(isRetry),
  };
}

/** By what each action is known from outside. */
const SIGNS: Readonly<Record<FollowerAction, (before: Sight, after: Sight) => boolean>> = {
  subscribe: (before, after) => after.subscriptions === before.subscriptions + 1,
  read: (before, after) => after.readings === before.readings + 1,
  // It shows once the reading is done: see the end of the walk.
  buffer: () => true,
  apply: (before, after) => after.changes > before.changes && after.position === 11,
  hear: (before, after) => after.silence !== undefined && after.silence !== before.silence,
  replay: () => true,
  close: (before, after) =>
    after.silence === undefined &&
    (before.state === 'subscribing' ||
      before.state === 'lost' ||
      after.unsubscribed === before.unsubscribed + 1),
  'back off': (_before, after) => after.retry !== undefined,
  forget: (_before, after) => after.position === undefined,
};

async function bring(state: FollowerState, event: FollowerEvent): Promise<Stage> {
  const stage = new Stage(HEAD);
  await WAYS[state](stage);
  if (event === 'foreign' && state === 'waiting') {
    // Ten seconds of nothing but the past that stands in the store, while the position is only a snapshot's.
    for (let times = 0; times < 2; times++) {
      await stage.hear(PAST);
      await stage.answer(stage.reading);
      await stage.answer(stage.reading, { epoch: PAST.epoch, revision: PAST.revision });
    }
    stage.now += 10_000;
  }
  expect(stage.state).toBe(state);
  stage.seen.length = 0;
  return stage;
}

describe.each(FOLLOWER_STATES)('a follower that is %s', (state) => {
  it.each(FOLLOWER_EVENTS)('does what the table says on: %s', async (event) => {
    const { next, actions } = FOLLOWER_TABLE[state][event];
    const stage = await bring(state, event);
    const before = look(stage);
    await EVENTS[event](stage);
    const after = look(stage);

    if (next === state && actions.length === 0) {
      if (event === 'foreign') {
        // Of the past is what is heard, and no more than that.
        expect(stage.seen).toEqual(stage.seen.map(() => `${state} × known`));
        return;
      }
      // It did not come, or passed without a trace.
      if (stage.seen.length > 0) expect(stage.seen).toEqual([`${state} × ${event}`]);
      expect(after).toEqual(before);
      return;
    }
    expect(stage.seen).toEqual([`${state} × ${event}`]);
    expect(after.state).toBe(next);
    for (const action of Object.keys(SIGNS) as FollowerAction[]) {
      if (actions.includes(action)) expect(SIGNS[action](before, after), action).toBe(true);
    }
    if (!actions.includes('subscribe')) expect(after.subscriptions).toBe(before.subscriptions);
    if (!actions.includes('read'))
      expect(after.readings).toBe(before.readings + (event === 'nothing' ? 1 : 0));
    if (!actions.includes('apply')) expect(after.changes).toBe(before.changes);
    if (!actions.includes('back off')) expect(after.retry).toBeUndefined();
    if (!actions.includes('buffer')) return;

    // What was kept is treated as if it came once the reading is done.
    if (state === 'subscribing') await stage.answer(stage.subscribing);
    stage.seen.length = 0;
    await stage.answer(stage.reading, HEAD);
    expect(stage.seen[0]).toBe('syncing × synced');
    expect(stage.seen.slice(1)).toContain(`following × ${event}`);
  });
});
