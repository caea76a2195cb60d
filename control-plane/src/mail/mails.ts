import type { Mail } from './mail-transport.js';

const LIFETIME = 'It is good for 15 minutes and one use.';

/** The mail that proves that somebody reads an address. */
export function verificationMail(to: string, code: string): Mail {
  return codeMail(to, {
    name: 'px0 verification code',
    code,
    advice: `${LIFETIME} If you did not ask for it, ignore this mail.`,
  });
}

/** The mail by which somebody who has forgotten a password gets another one. */
export function passwordResetMail(to: string, code: string): Mail {
  return codeMail(to, {
    name: 'px0 password reset code',
    code,
    advice: `${LIFETIME} If you did not ask for it, ignore this mail: your password stays as it is.`,
  });
}

function codeMail(to: string, { name, code, advice }: { name: string; code: string; advice: string }): Mail {
  return {
    to,
    subject: `Your ${name}`,
    text: [`Your ${name} is ${code}`, '', advice, ''].join('\n'),
    html: [
      '<!doctype html>',
      '<html lang="en"><body style="font-family: sans-serif; color: #1a1a1a">',
      `<p>Your ${escapeHtml(name)} is</p>`,
      `<p style="font: 1.5em monospace; word-break: break-all">${escapeHtml(code)}</p>`,
      `<p>${escapeHtml(advice)}</p>`,
      '</body></html>',
      '',
    ].join('\n'),
    gist: `your ${name} is ${code}`,
  };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
