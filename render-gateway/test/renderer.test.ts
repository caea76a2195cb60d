import { describe, expect, test, vi } from 'vitest';
import { PendingBody } from '#render/pending-body.js';
import { organization, rendererUnderTest } from './renderer-under-test.js';

test('a request that waited for a document of a message is answered by all of that message, and goes no way of before', () => {
  const { renderer, render, takeAsked } = rendererUnderTest();
  const org = organization();
  renderer.share([org.key(1), org.prompt(2, 1), org.version(3, 1), org.version(4, 2)]);
  const waiting = render(org.credential, 'greeting');
  const slug = org.slug(5);
  expect(takeAsked()).toEqual([slug.key]);

  renderer.apply([slug, org.prompt(6, 2)]);
  expect(waiting.now).toMatchObject({ rendered: 'version 2' });
  expect(render(org.credential, 'greeting').now).toMatchObject({ rendered: 'version 2' });
});

test('a key that the same message revokes opens nothing, neither for who waited nor afterwards', () => {
  const { renderer, render, takeAsked } = rendererUnderTest();
  const org = organization();
  renderer.share([org.key(1), org.prompt(2, 1), org.version(3, 1)]);
  const waiting = render(org.credential, 'greeting');
  takeAsked();

  renderer.apply([org.slug(5), org.gone(org.key(1), 6)]);
  expect([waiting.now, render(org.credential, 'greeting').now]).toEqual(['unauthorized', 'unauthorized']);
});

test('a key that is revoked while a body is on its way opens nothing', () => {
  const { renderer, render } = rendererUnderTest();
  const org = organization();
  renderer.share([org.key(1), org.slug(2), org.prompt(3, 1), org.version(4, 1)]);
  expect(render(org.credential, 'greeting').now).toMatchObject({ rendered: 'version 1' });
  const way = renderer.wayOf(org.credential, '/v1/prompts/greeting/render', '');
  const body = new TextEncoder().encode('{}');
  expect(way && renderer.renderHeld(way, body)).toBeDefined();
  renderer.apply([org.gone(org.key(1), 5)]);
  expect(way && renderer.renderHeld(way, body)).toBeUndefined();
  expect(render(org.credential, 'greeting').now).toBe('unauthorized');
});

test('of a credential that is sent in whatever length, nothing is kept', () => {
  const { renderer, documents, render } = rendererUnderTest();
  const org = organization();
  renderer.share([org.key(1), org.slug(2), org.prompt(3, 1), org.version(4, 1)]);
  const padded = org.credential.replace(' ', ' '.repeat(2_000));
  const lookUps = vi.spyOn(documents, 'find');
  const lookedUpAt = (credential: string) => {
    expect(render(credential, 'greeting').now).toMatchObject({ rendered: 'version 1' });
    return lookUps.mock.calls.splice(0).length;
  };
  expect([lookedUpAt(org.credential), lookedUpAt(org.credential)]).toEqual([3, 0]);
  expect([lookedUpAt(padded), lookedUpAt(padded)]).toEqual([3, 3]);
});

describe('a request whose key is not known yet', () => {
  const junk = 'no JSON';

  test('has its body read when the key is known, and not if nobody has it', () => {
    const { renderer, render, takeAsked } = rendererUnderTest();
    const org = organization();
    const [waiting, again] = [render(org.credential, 'x', { body: junk }), render(org.credential, 'x')];
    expect([waiting.now, takeAsked()]).toEqual([undefined, [org.key(1).key]]);
    const reads = vi.spyOn(TextDecoder.prototype, 'decode');
    renderer.answer(org.key(1).key, org.gone(org.key(1), 1));
    expect([waiting.now, again.now, reads.mock.calls.length]).toEqual(['unauthorized', 'unauthorized', 0]);
    reads.mockRestore();
  });

  test('is told what is wrong with its body once the key is known', () => {
    const { renderer, render, takeAsked } = rendererUnderTest();
    const org = organization();
    const waiting = render(org.credential, 'greeting', { body: junk });
    takeAsked();
    renderer.answer(org.key(1).key, org.key(1));
    expect([waiting.now, takeAsked()]).toEqual(['invalidBody', []]);
  });

  test('is answered by the body that it had, whatever becomes of the bytes', () => {
    const { renderer, takeAsked, memory } = rendererUnderTest();
    const org = organization();
    renderer.share([org.slug(2), org.prompt(3, 1), org.version(4, 1, '{{.name}}')]);
    const bytes = new TextEncoder().encode('{"variables":{"name":"Zoë"}}');
    const { length } = bytes;
    const told: unknown[] = [];
    const path = '/v1/prompts/greeting/render';
    const body = new PendingBody(bytes, memory);
    expect(
      renderer.render({ credential: org.credential, path, query: '', body }, (outcome) => told.push(outcome)),
    ).toBe(undefined);
    expect(memory.held).toBe(length);
    // As uWebSockets.js does when the call is over.
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    takeAsked();
    renderer.answer(org.key(1).key, org.key(1));
    expect(told).toEqual([expect.stringContaining('"rendered":"Zoë"')]);
    expect(memory.held).toBe(0);
  });
});

test('what requests that wait hold is counted, there is no more of it than may be, and in the end there is none', () => {
  const { renderer, render, takeAsked, memory } = rendererUnderTest();
  const org = organization();
  renderer.share([org.key(1)]);
  const body = JSON.stringify({ padding: 'x'.repeat(400) });
  const waiting = [1, 2, 3].map(() => render(org.credential, 'greeting', { body }));
  expect(waiting.map(({ now }) => now)).toEqual([undefined, undefined, 'unavailable']);
  expect(memory.held).toBe(2 * body.length);
  takeAsked();
  renderer.answer(org.slug(2).key, org.slug(2));
  expect(memory.held).toBe(2 * body.length);
  renderer.answer(org.prompt(2, 1).key, null);
  expect(waiting.map(({ now }) => now)).toEqual(['unavailable', 'unavailable', 'unavailable']);
  expect(memory.held).toBe(0);
});

test('while changes are not heard of, nothing is said to be absent by what is held, but by what the feed says', () => {
  const { renderer, documents, render, takeAsked } = rendererUnderTest();
  const org = organization();
  renderer.share([org.key(1), org.slug(2), org.prompt(3, null)]);
  const ask = () => ({
    live: render(org.credential, 'greeting').now,
    tag: render(org.credential, 'greeting/versions/new').now,
    team: render(org.credential, 'greeting', { query: `team_id=${org.org_id}` }).now,
    byId: render(org.credential, org.promptId).now,
    noSlug: render(org.credential, 'x%00').now,
    noTag: render(org.credential, 'greeting/versions/%zz').now,
  });
  const definite = { noSlug: 'promptNotFound', noTag: 'versionNotFound' };
  const absent = {
    live: 'noLiveVersion',
    tag: 'versionNotFound',
    team: 'promptNotFound',
    byId: 'noLiveVersion',
    ...definite,
  };
  expect(ask()).toEqual(absent);
  documents.vouchForAbsences(false);
  const unavailable = Object.fromEntries(Object.keys(absent).map((name) => [name, 'unavailable']));
  expect(ask()).toEqual({ ...unavailable, ...definite });

  const unknown = render(org.credential, 'unknown');
  const [key = ''] = takeAsked();
  renderer.answer(key, { key, revision: 4, body: null });
  expect(unknown.now).toBe('promptNotFound');
  documents.vouchForAbsences(true);
  expect(ask()).toEqual(absent);
});
