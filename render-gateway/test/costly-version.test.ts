import { documentKey, encodeDocument } from '@px0/contract';
import { compile } from '@px0/template-engine';
import { expect, test } from 'vitest';
import { LIMITS } from '#limits.js';
import { type LoadedVersion, loadVersion } from '#render/loaded-version.js';

function version(): LoadedVersion {
  const prompt_id = '6a1f5d2e-0000-4000-8000-000000000001';
  const body = encodeDocument({
    kind: 'version',
    prompt_id,
    version: 1,
    program: compile('x', { name: 't' }),
    missing: 'error',
    model: null,
    model_params: null,
  });
  return loadVersion(documentKey.version(prompt_id, 1), body);
}

test('a version that cost too much rests a second, and twice as long each time that it does so again, up to a minute', () => {
  const costly = version();
  let now = 0;
  const rests: number[] = [];
  for (let time = 0; time < 9; time++) {
    costly.rest(now);
    let rested = 0;
    while (!costly.wake(now + rested)) rested += 500;
    rests.push(rested);
    now += rested;
  }
  expect(rests).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
});

test('one that did well for as long as it had rested starts over', () => {
  const costly = version();
  costly.rest(0);
  costly.rest(1_500);
  expect([costly.wake(3_499), costly.wake(3_500)]).toEqual([false, true]);
  costly.rest(3_500 + 2_000);
  expect([costly.wake(6_499), costly.wake(6_500)]).toEqual([false, true]);
  expect(LIMITS.costlyRest).toBe(1_000);
});
