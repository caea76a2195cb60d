import { once } from 'node:events';
import { findFreePort, until } from '@px0/test-bed';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface Received {
  readonly from: string;
  readonly to: string[];
  /** As it came over the line, with the soft line breaks taken out. */
  readonly text: string;
}

/** What the server answers for a mail: takes it, never answers, or refuses it with a status. */
export type Verdict = 'take' | 'hang' | { readonly status: number; readonly at: 'RCPT' | 'DATA' };

/** A real SMTP server, on a port of its own, that can be away. */
export interface MailServer {
  readonly url: string;
  readonly received: readonly Received[];
  verdict: Verdict;
  /** Mails that it has begun to take, delivered or not. */
  begun(): number;
  to(address: string): Received[];
  /** @returns the mail to an address, once one has come */
  awaitMail(address: string): Promise<Received>;
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

/** @param listening false: only the port is taken */
export async function startMailServer({ listening = true } = {}): Promise<MailServer> {
  const received: Received[] = [];
  const port = await findFreePort();
  let begun = 0;
  let smtp: SMTPServer | undefined;

  const accept = (
    stream: SMTPServerDataStream,
    { envelope }: SMTPServerSession,
    done: (error?: Error | null) => void,
  ) => {
    begun += 1;
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('end', () => {
      const { verdict } = server;
      if (verdict === 'hang') return;
      if (typeof verdict === 'object' && verdict.at === 'DATA') return done(refusal(verdict.status));
      const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
      const plain = text.replaceAll('=\r\n', '').replaceAll('=3D', '=');
      received.push({ from, to: envelope.rcptTo.map(({ address }) => address), text: plain });
      done();
    });
  };
  const server: MailServer = {
    url: `smtp://127.0.0.1:${port}`,
    received,
    verdict: 'take',
    begun: () => begun,
    to: (address) => received.filter(({ to }) => to.includes(address)),
    awaitMail: (address) => until('the mail comes', async () => server.to(address)[0], 15_000),
    start: async () => {
      smtp = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        onRcptTo: (_address, _session, done) => {
          const { verdict } = server;
          if (typeof verdict === 'object' && verdict.at === 'RCPT') return done(refusal(verdict.status));
          done();
        },
        onData: accept,
        closeTimeout: 100,
      });
      // Clients that are killed in the middle of a mail are no news.
      smtp.on('error', () => {});
      await once(smtp.listen(port, '127.0.0.1'), 'listening');
    },
    stop: async () => {
      const leaving = smtp;
      smtp = undefined;
      if (leaving !== undefined) await new Promise<void>((resolve) => leaving.close(resolve));
    },
  };
  if (listening) await server.start();
  return server;
}

function refusal(status: number): Error {
  return Object.assign(new Error('not this one'), { responseCode: status });
}
