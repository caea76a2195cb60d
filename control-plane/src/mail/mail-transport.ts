import { createTransport, type Transporter } from 'nodemailer';
import type { Logger } from 'pino';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** What the mail says in a few words, secrets included: the line in the log where there is no SMTP. */
  readonly gist: string;
}

/** Why a mail was not delivered, in words that hold nothing of the mail and no address. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** Whether the server refuses this mail for good: trying again would be answered the same. */
  readonly isFinal: boolean;

  constructor(words: string, isFinal: boolean) {
    super(words);
    this.isFinal = isFinal;
  }
}

export interface MailTransport {
  /** @throws {DeliveryError} if the mail was not taken */
  deliver(mail: Mail): Promise<void>;
  close(): void;
}

/** Milliseconds that an SMTP server may take to be connected to, to greet, and for each answer. */
const SMTP_TIMEOUT = 10_000;

/** @param smtpUrl absent: each mail is one line of the log, ending with its gist */
export function createMailTransport({
  smtpUrl,
  from,
  log,
}: {
  smtpUrl: string | undefined;
  from: string;
  log: Logger;
}): MailTransport {
  return smtpUrl === undefined ? logTransport(log) : smtpTransport(smtpUrl, from);
}

function logTransport(log: Logger): MailTransport {
  return {
    deliver: async ({ to, gist }) => log.info(`mail to ${to}: ${gist}`),
    close: () => {},
  };
}

function smtpTransport(url: string, from: string): MailTransport {
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
    deliver: async ({ to, subject, text, html }) => {
      try {
        await transporter.sendMail({ from, to: { name: '', address: to }, subject, text, html });
      } catch (error) {
        throw deliveryError(error);
      }
    },
    close: () => transporter.close(),
  };
}

/** Commands whose refusal is about the one mail. Others are about us, and an operator can mend them. */
const MAIL_COMMANDS = new Set<unknown>(['RCPT TO', 'DATA']);

/** The server's own words stay out: they like to repeat the address. */
function deliveryError(error: unknown): DeliveryError {
  const { code, command, responseCode } = error as Record<string, unknown>;
  const isRefusal = typeof responseCode === 'number';
  const words = isRefusal
    ? `the mail server answers ${responseCode} to ${String(command)}`
    : `the mail server cannot be reached: ${String(code ?? 'unknown')}`;
  // RFC 5321 4.2.1: 5yz is a refusal that repeating the command does not change.
  return new DeliveryError(words, isRefusal && responseCode >= 500 && MAIL_COMMANDS.has(command));
}
