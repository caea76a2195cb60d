import { createHash } from 'node:crypto';
import { type Matter, notesOf } from '@px0/test-bed';
import { expect, test } from 'vitest';

/** Judges the logs and audit logs of all control planes that other tests of this run started. */

/** What is written in letters, digits, - and _ is found as a whole word; the rest anywhere. */
const WORD = /[\w-]{6,}/g;
/** Without SMTP a mail goes to the log, code and all: that is what first-prompt and people at home read. */
const MAIL = /mail to \S+: your px0 (?:verification|password reset) code is [\w-]+/g;
/** A process id and the fraction of a second may look like a code of six digits. */
const LOOKALIKES = /"pid":\d+|\b\d{4}-\d\d-\d\dT[\d:.]+/g;
/** Credentials and their hashes, known to this run or not. */
const TELLTALE = /\b(?:sess_[\w-]{20}|ak_[\w-]{20}|reset_\w{20})|\$argon2/;

interface Secrets {
  readonly words: ReadonlySet<string>;
  readonly others: readonly string[];
}

async function secretsOfThisRun(): Promise<Secrets> {
  const words = new Set<string>();
  const others: string[] = [];
  for await (const line of notesOf('secrets')) {
    const secret = JSON.parse(line) as string;
    // As a whole, and as JSON writes it, the hash of a credential is as good as a name for it.
    if (/^(sess|ak|reset)_/.test(secret)) words.add(createHash('sha256').update(secret).digest('hex'));
    if (secret.match(WORD)?.[0] === secret) words.add(secret);
    else others.push(JSON.stringify(secret).slice(1, -1));
  }
  return { words, others: [...new Set(others)] };
}

/** @returns the lines, shortened, in which something secret stands; and of how many */
async function leaksIn(matter: Matter): Promise<{ lines: number; leaks: string[] }> {
  const { words, others } = await secretsOfThisRun();
  expect(words.size, 'secrets of this run').toBeGreaterThan(0);
  const leaks: string[] = [];
  let lines = 0;
  for await (const line of notesOf(matter)) {
    lines += 1;
    const text = line.replaceAll(MAIL, 'mail').replaceAll(LOOKALIKES, '');
    const told =
      TELLTALE.test(text) || others.some((secret) => text.includes(secret)) || holdsOneOf(words, text);
    if (told) leaks.push(text.slice(0, 500));
  }
  process.stdout.write(
    `${words.size + others.length} secrets, ${lines} lines of ${matter}: in ${leaks.length}\n`,
  );
  return { lines, leaks };
}

function holdsOneOf(words: ReadonlySet<string>, text: string): boolean {
  for (const [word] of text.matchAll(WORD)) if (words.has(word)) return true;
  return false;
}

test.each(['logs', 'audit'] as const)(
  'no secret of this run stands in the %s',
  { timeout: 120_000 },
  async (matter) => {
    const { lines, leaks } = await leaksIn(matter);
    expect(lines, `lines of ${matter}: without all of control-plane/test this says little`).toBeGreaterThan(
      0,
    );
    expect(leaks.slice(0, 20)).toEqual([]);
  },
);
