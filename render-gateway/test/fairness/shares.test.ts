import { expect, test } from 'vitest';
import { halfOf, Shares } from '#fairness/shares.js';

test('no tenant takes more than its share, nor all together more than there are places', () => {
  const shares = new Shares({ places: 5, share: 2 });
  const take = (tenants: string) => [...tenants].map((tenant) => shares.take(tenant));
  expect(take('aaabbccc')).toEqual([true, true, false, true, true, true, false, false]);
  shares.give('a');
  expect(take('bca')).toEqual([false, true, false]);
  for (const tenant of 'abbcc') shares.give(tenant);
  expect(take('aabbcc')).toEqual([true, true, true, true, true, false]);
});

test('half of what is little is one', () => {
  expect([halfOf(5), halfOf(1), halfOf(0)]).toEqual([
    { places: 5, share: 2 },
    { places: 1, share: 1 },
    { places: 0, share: 1 },
  ]);
});
