import { describe, expect, it } from 'vitest';
import { examine, FEED_FORMAT, type PublisherState } from '#publishing/publisher-position.js';

const servers = { server: 'one', serverNow: 'one' };
const state: PublisherState = { epoch: 'e', format: FEED_FORMAT, reserved: 20, confirmed: 10, ...servers };
const nothing: PublisherState = {
  epoch: null,
  format: null,
  reserved: 0,
  confirmed: 0,
  server: null,
  serverNow: 'one',
};
const NOW = 15.5;

describe('examining the feed that stands', () => {
  it.each([10, 15, 20])('goes on from revision %i, which lies between confirmed and reserved', (revision) => {
    const head = { epoch: 'e', revision };
    expect(examine(state, head, NOW)).toEqual({ verdict: 'continue', head });
  });

  it.each([
    ['an emptied feed', state, undefined, 21],
    ['the very first feed', nothing, undefined, 15],
    ['a feed restored from an older copy', state, { epoch: 'e', revision: 9 }, 21],
    ['a database restored from an older copy', state, { epoch: 'e', revision: 30 }, 31],
    ['a feed of another format', { ...state, format: '1/0' }, { epoch: 'e', revision: 15 }, 21],
    [
      'a feed of a publisher that remembered no format',
      { ...state, format: null },
      { epoch: 'e', revision: 15 },
      21,
    ],
    ['a feed of another epoch, behind', state, { epoch: 'other', revision: 15 }, 21],
    ['a feed of another epoch, ahead', state, { epoch: 'other', revision: 90 }, 91],
    ['a feed found by an empty database', nothing, { epoch: 'e', revision: 5 }, 15],
  ])(
    'begins a new epoch over %s, above all that either side remembers',
    (_what, remembered, head, revision) => {
      expect(examine(remembered, head, NOW)).toMatchObject({ verdict: 'rebuild', revision });
    },
  );

  const elsewhere = { ...state, serverNow: 'two' };
  const head = { epoch: 'e', revision: 15 };

  it.each([
    ['that has not been at work yet', undefined],
    ['that wrote less', { head: { epoch: 'e', revision: 14 }, isLatest: true }],
    ['that wrote another epoch', { head: { epoch: 'other', revision: 15 }, isLatest: true }],
    ['after which another may have written', { head, isLatest: false }],
  ])('begins a new epoch on another server, however well the feed fits, for one %s', (_who, own) => {
    expect(examine(elsewhere, head, NOW, own)).toMatchObject({ verdict: 'rebuild', revision: 21 });
  });

  it('goes on with what it wrote last itself, on whatever server', () => {
    expect(examine(elsewhere, head, NOW, { head, isLatest: true })).toEqual({ verdict: 'continue', head });
  });

  it.each([true, false])(
    'begins a new epoch above what it wrote itself, if that is gone (%s)',
    (isLatest) => {
      const own = { head: { epoch: 'e', revision: 40 }, isLatest };
      expect(examine(state, head, NOW, own)).toMatchObject({ verdict: 'rebuild', revision: 41 });
      expect(examine(elsewhere, head, NOW, own)).toMatchObject({ verdict: 'rebuild', revision: 41 });
    },
  );

  it('begins a new epoch where no server was remembered', () => {
    expect(examine({ ...state, server: null }, head, NOW)).toMatchObject({ verdict: 'rebuild' });
  });

  it('begins a new epoch not below the clock, since both sides may have forgotten what gateways saw', () => {
    expect(examine(state, undefined, 1_900_000_000_000)).toMatchObject({ revision: 1_900_000_000_000 });
  });
});
