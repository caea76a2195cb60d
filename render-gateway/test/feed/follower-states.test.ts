import { readFile } from 'node:fs/promises';
import type { FeedMessage } from '@px0/contract';
import { describe, expect, it } from 'vitest';
import {
  classify,
  FOLLOWER_ACTIONS,
  FOLLOWER_EVENTS,
  FOLLOWER_STATES,
  FOLLOWER_TABLE,
} from '#feed/follower-states.js';

const FEED_MD = await readFile(new URL('../../../control-plane/contract/FEED.md', import.meta.url), 'utf8');

/** The table as FEED.md shows it: events down, states across. */
function table(): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['event', ...FOLLOWER_STATES]),
    line(['---', ...FOLLOWER_STATES.map(() => '---')]),
    ...FOLLOWER_EVENTS.map((event) =>
      line([
        `**${event}**`,
        ...FOLLOWER_STATES.map((state) => {
          const { next, actions } = FOLLOWER_TABLE[state][event];
          if (next === state && actions.length === 0) return '–';
          return [...actions, ...(next === state ? [] : [`→ ${next}`])].join(', ');
        }),
      ]),
    ),
  ];
}

describe("the follower's table", () => {
  it('stands in FEED.md, cell by cell', () => {
    // The formatter pads the columns.
    const lines = FEED_MD.split('\n').map((text) => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---'));
    const first = lines.findIndex((text) => text.startsWith('| event |'));
    const shown = lines.slice(first, lines.indexOf('', first));
    expect(shown).toEqual(table());
  });

  it.each([
    ['state', FOLLOWER_STATES],
    ['event', FOLLOWER_EVENTS],
    ['action', FOLLOWER_ACTIONS],
  ])('has every %s explained in FEED.md', (_what, words) => {
    for (const word of words) expect(FEED_MD).toContain(`\n- **${word}**: `);
  });

  it('takes every state but the first back to it on stop', () => {
    for (const state of FOLLOWER_STATES) expect(FOLLOWER_TABLE[state].stop.next).toBe('stopped');
  });
});

describe('a message to a follower at revision 10 of epoch e', () => {
  const position = { epoch: 'e', revision: 10 };
  const message = (epoch: string, previous: number, revision: number, documents = true): FeedMessage => ({
    epoch,
    previous,
    revision,
    ...(documents && { documents: [] }),
  });

  it.each([
    ['a heartbeat', message('e', 10, 10, false), 'known'],
    ['one that came before', message('e', 8, 9), 'known'],
    ['the one that follows', message('e', 10, 12), 'next'],
    ['one that overlaps', message('e', 9, 12), 'next'],
    ['the one that follows, too large for the bell', message('e', 10, 12, false), 'gap'],
    ['one after a lost one', message('e', 11, 12), 'gap'],
    ['a heartbeat after a lost one', message('e', 11, 11, false), 'gap'],
    ['a later epoch', message('f', 11, 11, false), 'epoch'],
    ['an epoch of the past', message('d', 9, 9, false), 'known'],
    ['an epoch that begins where we stand', message('d', 10, 10, false), 'known'],
  ] as const)('%s: %o is %s', (_what, heard, kind) => {
    expect(classify(heard, position)).toBe(kind);
  });

  it('is news to one that stands nowhere yet, whatever it is', () => {
    expect(classify(message('e', 10, 10, false), undefined)).toBe('epoch');
  });
});
