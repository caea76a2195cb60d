import { createTestDatabase } from '@px0/test-bed';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '#database/database.js';
import { claimMails, deleteMail, queueMail } from '#mail/mail-statements.js';

let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const made = await createTestDatabase();
  database = new Database(made.url, pino({ level: 'silent' }));
  drop = made.drop;
});
afterAll(async () => {
  await database.close();
  await drop();
});

const waiting = () => database.query<{ address: string }>('select address from mails');

test('a mail that is sent is forgotten', async () => {
  await queueMail(database, 'verification', 'a@example.com');
  const [claimed] = await claimMails(database, 1);
  expect(claimed).toMatchObject({ address: 'a@example.com', attempts: 1 });
  if (claimed !== undefined) await deleteMail(database, claimed);
  expect(await waiting()).toEqual([]);
});

test('a mail that is asked for again while it is sent is due again at once', async () => {
  await queueMail(database, 'password_reset', 'b@example.com');
  const [claimed] = await claimMails(database, 1);
  expect(await claimMails(database, 1)).toEqual([]);
  await queueMail(database, 'password_reset', 'b@example.com');
  if (claimed !== undefined) await deleteMail(database, claimed);
  const [again] = await claimMails(database, 1);
  expect(again).toMatchObject({ address: 'b@example.com', attempts: 1 });
  if (again !== undefined) await deleteMail(database, again);
  expect(await waiting()).toEqual([]);
});
