import type { Mail } from './mailer.js';

/** The mail that proves that somebody reads an address. */
export function verificationMail(to: string, code: string): Mail {
  return {
    to,
    subject: 'Your px0 verification code',
    text: [
      `Your px0 verification code is ${code}`,
      '',
      'It is good for 15 minutes and one use. If you did not ask for it, ignore this mail.',
      '',
    ].join('\n'),
    gist: `your px0 verification code is ${code}`,
  };
}
