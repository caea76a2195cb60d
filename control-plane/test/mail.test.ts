import { createTestDatabase, startControlPlane as startProcess, until } from '@px0/test-bed';
import { afterAll, describe, expect, test } from 'vitest';
import { newAddress, PASSWORD } from './cast.js';
import { startForFile } from './control-plane-of-file.js';
import { cuttable } from './cuttable-connection.js';
import { type Client, documentedClient } from './documented-client.js';
import { type Received, startMailServer } from './mail-server.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

/** Milliseconds: the machine may be busy with other things. */
const PATIENCE = 15_000;

const smtp = await startMailServer();
afterAll(() => smtp.stop());
const { server, client } = await startForFile({ SMTP_URL: smtp.url, MAIL_FROM: 'px0 <sender@example.com>' });

async function register(by: Client = client): Promise<string> {
  const email = newAddress();
  const { status } = await by('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
  expect(status).toBe(201);
  return email;
}

const verify = (email: string, code: string | undefined) =>
  client('POST', '/v1/auth/verify-email', { body: { email, code } });
const askForCode = (email: string) => client('GET', `/v1/auth/verify-email?email=${email}`);
const codeIn = ({ text }: Received) => text.match(/verification code is (\d{6})/)?.[1];

interface Waiting {
  readonly attempts: number;
}
const waiting = (email: string, at: RunningControlPlane = server) =>
  at.sql<Waiting>('select attempts from mails where address = $1', [email]);
const untilTried = (email: string, times: number, at?: RunningControlPlane) =>
  until(
    `the mail is tried ${times} times`,
    async () => {
      const [mail] = await waiting(email, at);
      return mail !== undefined && mail.attempts >= times ? mail : undefined;
    },
    PATIENCE,
  );
const untilForgotten = (email: string) =>
  until('no mail waits', async () => ((await waiting(email)).length === 0 ? true : undefined), PATIENCE);

describe('a mail', () => {
  test('goes out as text and HTML, and not to the log', async () => {
    const email = await register();
    const mail = await smtp.awaitMail(email);
    expect(mail.from).toBe('sender@example.com');
    expect(mail.text).toMatch(/^Subject: Your px0 verification code/m);
    expect(mail.text).toMatch(/^From: px0 <sender@example\.com>/m);
    expect(mail.text).toContain('multipart/alternative');
    const code = codeIn(mail);
    expect(mail.text).toMatch(new RegExp(`text/html[^]*<p [^>]*>${code}</p>`));
    expect(server.log()).not.toContain(code);
    expect(server.log()).not.toContain(email);
    expect(await verify(email, code)).toMatchObject({ status: 200 });
  });

  test('with a password reset code says so, and holds nothing like a verification code', async () => {
    const email = await register();
    await verify(email, codeIn(await smtp.awaitMail(email)));
    await client('POST', '/v1/auth/password-reset/trigger', { body: { email } });
    const mail = await until('the other mail', async () => smtp.to(email)[1], PATIENCE);
    expect(mail.text).toMatch(/^Subject: Your px0 password reset code/m);
    const code = mail.text.match(/Your px0 password reset code is (\S+)/)?.[1] ?? '';
    expect(code).toMatch(/^reset_[A-Za-z]{46}$/);
    expect(mail.text).toMatch(new RegExp(`text/html[^]*<p [^>]*>${code}</p>`));
    expect(server.log()).not.toContain(code);
    const reset = { code, new_password: `${PASSWORD}-2` };
    expect(await client('POST', '/v1/auth/password-reset/reset', { body: reset })).toMatchObject({
      status: 200,
      json: { email },
    });
  });

  test('under way is delivered before the control plane is closed', async () => {
    const leaving = await startControlPlane({ SMTP_URL: smtp.url });
    const email = await register(await documentedClient(leaving.url));
    await leaving.close();
    expect(smtp.to(email)).toHaveLength(1);
  });

  test('comes once of many that are asked for, and to nobody who does not wait for one', async () => {
    const email = await register();
    const verified = await register();
    await verify(verified, codeIn(await smtp.awaitMail(verified)));
    const unknown = newAddress();
    for (const address of [email, email.toUpperCase(), verified, unknown]) {
      expect(await askForCode(address)).toMatchObject({ status: 200 });
    }
    await client('POST', '/v1/auth/password-reset/trigger', { body: { email: unknown } });
    for (const address of [email, verified, unknown]) await untilForgotten(address);
    expect([email, verified, unknown].map((address) => smtp.to(address).length)).toEqual([1, 1, 0]);
  });

  test('waits as its kind and address alone', async () => {
    smtp.verdict = { status: 451, at: 'RCPT' };
    const email = await register();
    await untilTried(email, 1);
    const [row] = await server.sql<object>('select * from mails where address = $1', [email]);
    expect(Object.keys(row ?? {}).sort()).toEqual([
      'address',
      'attempts',
      'id',
      'kind',
      'next_attempt_at',
      'requested_at',
    ]);
    smtp.verdict = 'take';
    await smtp.awaitMail(email);
  });
});

describe('a mail server', () => {
  test('that is down for 3 seconds costs time alone: the mail comes once, with a code that is good', async () => {
    const away = await startMailServer({ listening: false });
    const lame = await startControlPlane({ SMTP_URL: away.url });
    const email = await register(await documentedClient(lame.url));
    const wentDown = Date.now();
    await untilTried(email, 3, lame);
    await until('3 seconds have gone by', async () => (Date.now() - wentDown > 3_000 ? true : undefined));
    await away.start();
    const mail = await away.awaitMail(email);
    const answer = await (await documentedClient(lame.url))('POST', '/v1/auth/verify-email', {
      body: { email, code: codeIn(mail) },
    });
    expect(answer.status).toBe(200);
    expect(await waiting(email, lame)).toEqual([]);
    expect(away.to(email)).toHaveLength(1);
    expect(lame.log().split('mails cannot be sent for now')).toHaveLength(2);
    expect(lame.log()).not.toContain(email);
    await lame.close();
    await away.stop();
  });

  test('that refuses an address for good is not asked again, and one line of the log says so', async () => {
    smtp.verdict = { status: 550, at: 'RCPT' };
    const email = await register();
    await untilForgotten(email);
    smtp.verdict = 'take';
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.includes('a mail is given up'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the mail server answers 550 to RCPT TO');
    expect(lines[0]).not.toContain(email);
    await server.sql(`update verification_codes set expires_at = expires_at - interval '1 minute'`);
    await askForCode(email);
    await smtp.awaitMail(email);
  });

  test.each(['RCPT', 'DATA'] as const)('that refuses at %s for now is asked again', async (at) => {
    smtp.verdict = { status: 451, at };
    const email = await register();
    await untilTried(email, 2);
    smtp.verdict = 'take';
    expect(await verify(email, codeIn(await smtp.awaitMail(email)))).toMatchObject({ status: 200 });
    expect(smtp.to(email)).toHaveLength(1);
  });

  test('that takes nothing for a day is given up', async () => {
    smtp.verdict = { status: 451, at: 'DATA' };
    const email = await register();
    await untilTried(email, 1);
    await server.sql(
      `update mails set requested_at = now() - interval '25 hours', next_attempt_at = now() where address = $1`,
      [email],
    );
    await untilForgotten(email);
    smtp.verdict = 'take';
    expect(server.log()).toContain('the mail server answers 451 to DATA');
    expect(server.log()).not.toContain(email);
  });
});

describe('several servers', () => {
  test('send each mail once', async () => {
    const other = await startControlPlane({ SMTP_URL: smtp.url }, server);
    const clients = [client, await documentedClient(other.url)];
    const emails = await Promise.all(Array.from({ length: 30 }, (_, index) => register(clients[index % 2])));
    for (const email of emails) {
      await smtp.awaitMail(email);
      await untilForgotten(email);
    }
    expect(emails.map((email) => smtp.to(email).length)).toEqual(emails.map(() => 1));
    await other.close();
  });

  test('take over from one that was killed while it sent, when its claim is over', async () => {
    const database = await createTestDatabase();
    const silent = await startMailServer();
    silent.verdict = 'hang';
    const doomed = await startProcess({ databaseUrl: database.url }, { SMTP_URL: silent.url });
    const email = await register(await documentedClient(doomed.url));
    await until('the mail is being sent', async () => (silent.begun() > 0 ? true : undefined), PATIENCE);
    await doomed.stop('SIGKILL');

    const heir = await startControlPlane({ SMTP_URL: smtp.url }, { ...server, databaseUrl: database.url });
    const verified = await register(await documentedClient(heir.url));
    await smtp.awaitMail(verified);
    expect(await waiting(email, heir)).toEqual([{ attempts: 1 }]);
    await heir.sql('update mails set next_attempt_at = now() where address = $1', [email]);
    const code = codeIn(await smtp.awaitMail(email));
    const answer = await (await documentedClient(heir.url))('POST', '/v1/auth/verify-email', {
      body: { email, code },
    });
    expect(answer.status).toBe(200);
    await heir.close();
    await silent.stop();
    await database.drop();
  });
});

test('Postgres that is away is told once, and the mails go out when it is back', async () => {
  const way = await cuttable(server.databaseUrl);
  const cutOff = await startControlPlane({ SMTP_URL: smtp.url, DATABASE_URL: way.url }, server);
  await way.cut();
  const told = () => cutOff.log().split('mails cannot be sent for now').length - 1;
  await until('the log tells', async () => (told() > 0 ? true : undefined), PATIENCE);
  const since = Date.now();
  await until('the worker has looked again', async () => (Date.now() - since > 3_000 ? true : undefined));
  expect(told()).toBe(1);
  await way.mend();
  const email = await register(await documentedClient(cutOff.url));
  await smtp.awaitMail(email);
  await cutOff.close();
});
