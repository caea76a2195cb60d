import { type BenchTemplate, withFields } from './template.js';

/** A line with three fields. */
export const greeting: BenchTemplate = {
  sources: withFields(
    (field) =>
      `Hello ${field('user.name')}, welcome to ${field('product.name')}! You have ${field('unread')} new messages.`,
  ),
  data: JSON.stringify({ user: { name: 'Clara Weber' }, product: { name: 'Northwind Desk' }, unread: 7 }),
};
