import { expect, test } from 'vitest';
import { seldom } from '#threads/seldom.js';
import { organization, rendererUnderTest } from './renderer-under-test.js';

test('a request whose documents push each other out, so that none is held when it goes on, is given up: 503', () => {
  const { renderer, render, takeAsked } = rendererUnderTest();
  const { credential, prompt } = organization();
  const result = render(credential, 'greeting');
  let lookUps = 0;
  for (let [key] = takeAsked(); key !== undefined && lookUps < 50; [key] = takeAsked()) {
    lookUps += 1;
    // Another document than the one that was asked for: that one is gone by now.
    renderer.answer(key, prompt(1, 1));
  }
  expect([result.now, lookUps]).toEqual(['unavailable', 8]);
});

test('what is told seldom is told at once, and not again within the interval', () => {
  let now = 0;
  const told: string[] = [];
  const tell = seldom(1_000, { now: () => now }, (what: string) => told.push(what));
  for (const at of [0, 1, 999, 1_000, 1_500, 2_500]) {
    now = at;
    tell(`at ${at}`);
  }
  expect(told).toEqual(['at 0', 'at 1000', 'at 2500']);
});
