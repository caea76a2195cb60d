import { createTransport, type Transporter } from 'nodemailer';
import type { Logger } from 'pino';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** What the mail says in a few words, secrets included: the line in the log where there is no SMTP. */
  readonly gist: string;
}

/** Delivers one mail, or rejects. */
interface Transport {
  deliver(mail: Mail): Promise<void>;
  close(): void;
}

/** Milliseconds that an SMTP server may take to greet, and to answer. */
const SMTP_TIMEOUT = 10_000;

/**
 * Sends mail in the background: a request neither waits for a mail server nor shows by its duration
 * whether a mail goes out. Mail that cannot be delivered is logged, without what it says.
 */
export class Mailer {
  readonly #transport: Transport;
  readonly #log: Logger;
  readonly #underWay = new Set<Promise<void>>();

  /** @param smtpUrl absent: each mail is one line of the log, ending with its gist */
  constructor({ smtpUrl, from, log }: { smtpUrl: string | undefined; from: string; log: Logger }) {
    this.#log = log;
    this.#transport = smtpUrl === undefined ? logTransport(log) : smtpTransport(smtpUrl, from);
  }

  send(mail: Mail): void {
    const delivery = this.#transport
      .deliver(mail)
      .catch((err: unknown) => this.#log.error({ err, subject: mail.subject }, 'a mail was not delivered'))
      .finally(() => this.#underWay.delete(delivery));
    this.#underWay.add(delivery);
  }

  /** Waits for the mails under way. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#transport.close();
  }
}

function logTransport(log: Logger): Transport {
  return {
    deliver: async ({ to, gist }) => log.info(`mail to ${to}: ${gist}`),
    close: () => {},
  };
}

function smtpTransport(url: string, from: string): Transport {
  const transporter: Transporter = createTransport({
    url,
    connectionTimeout: SMTP_TIMEOUT,
    greetingTimeout: SMTP_TIMEOUT,
    socketTimeout: SMTP_TIMEOUT,
    // Mails hold text of ours alone; a file or a URL is never to be fetched into one.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    deliver: async ({ to, subject, text }) => {
      await transporter.sendMail({ from, to: { name: '', address: to }, subject, text });
    },
    close: () => transporter.close(),
  };
}
