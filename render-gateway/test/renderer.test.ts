import { expect, test, vi } from 'vitest';
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
