import type { JsonObject } from '@px0/template-engine';
import { TEMPLATES, type TemplateName } from '../templates/all.js';
import type { Engine, Render } from './engine.js';

/**
 * No engine: each template as the function that a programmer would write in its place. It has no limits,
 * notices no missing key, and knows beforehand what the data looks like. What it takes is what putting
 * such a text together takes in JavaScript.
 */
export const engine: Engine = {
  version: 'no engine',
  prepare(source) {
    const written = Object.entries(TEMPLATES).find(([, { sources }]) => sources.go === source);
    if (written === undefined) throw new Error('this template was not written by hand');
    return BY_HAND[written[0] as TemplateName];
  },
};

type Values<Name extends string> = Readonly<Record<Name, string | number>>;

interface Greeting {
  readonly user: Values<'name'>;
  readonly product: Values<'name'>;
  readonly unread: number;
}

function greeting(data: Greeting): string {
  return `Hello ${data.user.name}, welcome to ${data.product.name}! You have ${data.unread} new messages.`;
}

interface Conditional {
  readonly company: string;
  readonly user: Values<'name' | 'language' | 'manager'> & { readonly premium: boolean };
  readonly ticket: number;
}

function conditional({ company, user, ticket }: Conditional): string {
  let out = `You are a support agent of ${company}. The customer is ${user.name}.\n`;
  if (user.language === 'de') out += 'Answer in German, and use the formal address.';
  else if (user.language === 'fr') out += 'Answer in French, and use the formal address.';
  else out += 'Answer in English, in plain words.';
  out += '\n';
  if (user.premium) {
    out += 'This is a premium customer';
    if (user.manager) out += `, looked after by ${user.manager}`;
    out += '. Offer a call back.';
  } else {
    out += 'Offer the help pages first.';
  }
  return `${out}\nThe ticket is number ${ticket}.\n`;
}

interface Order {
  readonly order: Values<'number' | 'total'>;
  readonly customer: Values<'name'>;
  readonly items: readonly (Values<'quantity' | 'title' | 'price' | 'shipped_on' | 'ships_in_days'> & {
    readonly shipped: boolean;
  })[];
}

function loop({ order, customer, items }: Order): string {
  let out = `Order ${order.number} of ${customer.name}:\n`;
  for (const item of items) {
    out += `- ${item.quantity} x ${item.title} at ${item.price} EUR: `;
    if (item.shipped) out += `shipped on ${item.shipped_on}\n`;
    else out += `ships within ${item.ships_in_days} days\n`;
  }
  return `${out}Total: ${order.total} EUR\n`;
}

interface Tables {
  readonly tables: readonly {
    readonly title: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | number)[])[];
  }[];
}

function tables(data: Tables): string {
  let out = '';
  for (const table of data.tables) {
    out += `${table.title}\n|`;
    for (const column of table.columns) out += ` ${column} |`;
    out += '\n';
    for (const row of table.rows) {
      out += '|';
      for (const cell of row) out += ` ${cell} |`;
      out += '\n';
    }
    out += '\n';
  }
  return out;
}

interface Chat {
  readonly agent: Values<'name'>;
  readonly company: Values<'name' | 'product' | 'founded' | 'city' | 'customers'>;
  readonly today: string;
  readonly user: Values<'name' | 'country' | 'since' | 'plan' | 'seats' | 'open_tickets' | 'language'>;
  readonly conversation: Values<'channel'>;
  readonly tools: Values<'search' | 'ticket' | 'refund'>;
  readonly policy: Values<
    'refund_days' | 'refund_limit' | 'currency' | 'answer_hours' | 'retention_days' | 'privacy_page'
  >;
  readonly escalation: Values<'team' | 'phone' | 'mail'>;
  readonly tone: Values<'style' | 'greeting' | 'max_sentences'>;
}

/** A function for each field: none looks a name up that it does not know beforehand. */
const CHAT_FIELDS: Readonly<Record<string, (data: Chat) => string | number>> = {
  '.agent.name': ({ agent }) => agent.name,
  '.company.name': ({ company }) => company.name,
  '.company.product': ({ company }) => company.product,
  '.company.founded': ({ company }) => company.founded,
  '.company.city': ({ company }) => company.city,
  '.company.customers': ({ company }) => company.customers,
  '.today': ({ today }) => today,
  '.user.name': ({ user }) => user.name,
  '.user.country': ({ user }) => user.country,
  '.user.since': ({ user }) => user.since,
  '.user.plan': ({ user }) => user.plan,
  '.user.seats': ({ user }) => user.seats,
  '.user.open_tickets': ({ user }) => user.open_tickets,
  '.user.language': ({ user }) => user.language,
  '.conversation.channel': ({ conversation }) => conversation.channel,
  '.tools.search': ({ tools }) => tools.search,
  '.tools.ticket': ({ tools }) => tools.ticket,
  '.tools.refund': ({ tools }) => tools.refund,
  '.policy.refund_days': ({ policy }) => policy.refund_days,
  '.policy.refund_limit': ({ policy }) => policy.refund_limit,
  '.policy.currency': ({ policy }) => policy.currency,
  '.policy.answer_hours': ({ policy }) => policy.answer_hours,
  '.policy.retention_days': ({ policy }) => policy.retention_days,
  '.policy.privacy_page': ({ policy }) => policy.privacy_page,
  '.escalation.team': ({ escalation }) => escalation.team,
  '.escalation.phone': ({ escalation }) => escalation.phone,
  '.escalation.mail': ({ escalation }) => escalation.mail,
  '.tone.style': ({ tone }) => tone.style,
  '.tone.greeting': ({ tone }) => tone.greeting,
  '.tone.max_sentences': ({ tone }) => tone.max_sentences,
};

/** @returns the prompt's long text and its fields, as the expression that they would be */
function chat(): (data: Chat) => string {
  const [first = '', ...rest] = TEMPLATES.chat.sources.go.split('{{');
  const parts = rest.map((part) => {
    const [name = '', text = ''] = part.split('}}');
    const read = CHAT_FIELDS[name];
    if (read === undefined) throw new Error(`the field ${name} was not written by hand`);
    return { read, text };
  });
  return (data) => {
    let out = first;
    for (const { read, text } of parts) out += read(data) + text;
    return out;
  };
}

/** The functions trust the data to be that of their templates. */
function trusting<Data>(render: (data: Data) => string): Render {
  return (data: JsonObject) => render(data as Data);
}

const BY_HAND: Readonly<Record<TemplateName, Render>> = {
  greeting: trusting(greeting),
  conditional: trusting(conditional),
  loop: trusting(loop),
  chat: trusting(chat()),
  tables: trusting(tables),
};
