import { chat } from './chat.js';
import { conditional } from './conditional.js';
import { greeting } from './greeting.js';
import { loop } from './loop.js';
import { tables } from './tables.js';
import type { BenchTemplate } from './template.js';

/** The five templates of the bench, by the names that its options and its table use. */
export const TEMPLATES = { greeting, conditional, loop, chat, tables } satisfies Record<
  string,
  BenchTemplate
>;

export type TemplateName = keyof typeof TEMPLATES;

export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[];
