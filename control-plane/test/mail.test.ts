import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newAddress, PASSWORD } from './cast.js';
import { type Client, documentedClient } from './documented-client.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

interface Received {
  readonly from: string;
  readonly to: string[];
  readonly text: string;
}

let smtp: SMTPServer;
let received: Received[];
let server: RunningControlPlane;
let client: Client;

beforeAll(async () => {
  received = [];
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, { envelope }, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  const listening = smtp.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  server = await startControlPlane({
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'px0 <sender@example.com>',
  });
  client = await documentedClient(server.url);
});
afterAll(async () => {
  await server.close();
  await new Promise<void>((resolve) => smtp.close(resolve));
});

async function mailTo(address: string): Promise<Received> {
  for (;;) {
    const mail = received.find(({ to }) => to.includes(address));
    if (mail !== undefined) return mail;
    await sleep(10);
  }
}

test('the code goes out by SMTP and not to the log', async () => {
  const email = newAddress();
  await client('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
  const mail = await mailTo(email);
  expect(mail.from).toBe('sender@example.com');
  expect(mail.text).toMatch(/^Subject: Your px0 verification code/m);
  expect(mail.text).toMatch(/^From: px0 <sender@example\.com>/m);
  const code = mail.text.match(/Your px0 verification code is (\d{6})/)?.[1];
  expect(server.log()).not.toContain(code);
  expect(server.log()).not.toContain(email);
  const answer = await client('POST', '/v1/auth/verify-email', { body: { email, code } });
  expect(answer.status).toBe(200);
});

test('a mail under way is delivered before the control plane is closed', async () => {
  const leaving = await startControlPlane({
    SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
  });
  const email = newAddress();
  await (await documentedClient(leaving.url))('POST', '/v1/auth/register', {
    body: { email, password: PASSWORD },
  });
  await leaving.close();
  expect(received.some(({ to }) => to.includes(email))).toBe(true);
});

test('a mail server that is gone fails no request, and the log tells', async () => {
  const lame = await startControlPlane({ SMTP_URL: 'smtp://127.0.0.1:1' });
  const email = newAddress();
  const answer = await (await documentedClient(lame.url))('POST', '/v1/auth/register', {
    body: { email, password: PASSWORD },
  });
  await lame.close();
  expect(answer.status).toBe(201);
  expect(lame.log()).toContain('a mail was not delivered');
  expect(lame.log()).not.toMatch(/code is \d{6}/);
});
