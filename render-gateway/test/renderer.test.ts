import { expect, test } from 'vitest';
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
