import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from '#limits.js';
import type { FromPrimary } from '#threads/messages.js';
import { Outbox } from '#threads/outbox.js';

const QUARTER = LIMITS.documentsPerTurn / 4;

function outboxUnderTest() {
  const turns: (() => void)[] = [];
  const out: { to: string; message: FromPrimary; turn: number }[] = [];
  let turn = 0;
  const outbox = new Outbox<string>({
    tell: (thread, message) => out.push({ to: thread, message, turn }),
    broadcast: (message, except) => out.push({ to: `all but ${except}`, message, turn }),
    forWorkers: (document) => ({ ...document, key: `${document.key}*` }),
    afterTurn: (work) => turns.push(work),
  });
  return {
    outbox,
    out,
    nextTurn: () => {
      turn += 1;
      for (const work of turns.splice(0)) work();
      return turns.length;
    },
  };
}

const document = (key: string, length: number) => ({
  key,
  revision: 1,
  body: 'x'.repeat(length - key.length),
});
const keysOf = (message: FromPrimary) => {
  if (message.kind === 'found') return message.answers.map(({ key }) => key);
  return message.kind === 'changed' || message.kind === 'shared'
    ? message.documents.map(({ key }) => key)
    : [message.kind];
};

test('what is small goes out at once', () => {
  const { outbox, out } = outboxUnderTest();
  outbox.changed([document('a', 10), { key: 'b', revision: 2, body: null }]);
  outbox.tell('Ann', { kind: 'position', revision: 2 });
  outbox.broadcast({ kind: 'shared', documents: [document('c', 10)] }, 'Ann');
  expect(out.map(({ to, message }) => [to, ...keysOf(message)])).toEqual([
    ['all but undefined', 'a*', 'b*'],
    ['Ann', 'position'],
    ['all but Ann', 'c'],
  ]);
});

test('much goes out in parts, a part a turn, and what comes after it does so there too', () => {
  const { outbox, out, nextTurn } = outboxUnderTest();
  const names = [...'abcdefghi'];
  outbox.changed([...names.map((name) => document(name, QUARTER)), document('large', 9 * QUARTER)]);
  outbox.broadcast({ kind: 'stale', since: null });
  const answer = { key: 'z', document: document('z', 4 * QUARTER) };
  outbox.tell('Ann', { kind: 'found', answers: [answer] });
  outbox.tell('Ann', { kind: 'position', revision: 2 });
  while (nextTurn() > 0);
  const turns = new Set(out.map(({ turn }) => turn));
  const inTurn = (turn: number) => out.filter((one) => one.turn === turn);
  expect([...turns].map((turn) => inTurn(turn).flatMap(({ message }) => keysOf(message)))).toEqual([
    ['a*', 'b*', 'c*', 'd*'],
    ['e*', 'f*', 'g*', 'h*'],
    ['i*'],
    ['large*', 'stale'],
    ['z', 'position'],
  ]);
  outbox.tell('Ann', { kind: 'position', revision: 3 });
  expect(out.at(-1)?.message).toEqual({ kind: 'position', revision: 3 });
});

test('whatever is sent when, all of it goes out in its order', () => {
  const act = fc.oneof(
    fc.array(fc.integer({ min: 12, max: 5 * QUARTER }), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('tell', 'turn'),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const { outbox, out, nextTurn } = outboxUnderTest();
      const expected: string[] = [];
      let count = 0;
      for (const one of acts) {
        if (one === 'turn') nextTurn();
        else if (one === 'tell') {
          expected.push(String(++count));
          outbox.tell('Ann', { kind: 'position', revision: count });
        } else {
          const documents = (one as number[]).map((length) => document(String(++count), length));
          expected.push(...documents.map(({ key }) => `${key}*`));
          outbox.changed(documents);
        }
      }
      while (nextTurn() > 0);
      const told = out.flatMap(({ message }) =>
        message.kind === 'position' ? [String(message.revision)] : keysOf(message),
      );
      expect(told).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
