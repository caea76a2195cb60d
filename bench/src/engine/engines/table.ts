import type { Language } from '../templates/template.js';
import type { Engine } from './engine.js';

interface Entry {
  /** The engine's name for people. */
  readonly label: string;
  readonly language: Language;
  /** Whether there is anything to do before the first rendering. */
  readonly prepares: boolean;
  /** Absent for Go, which is a program of its own. */
  readonly load?: () => Promise<{ readonly engine: Engine }>;
}

/** What is measured, by the names that the option --only takes. A process loads no engine but its own. */
const TABLE = {
  px0: { label: 'px0', language: 'go', prepares: true, load: () => import('./px0.js') },
  go: { label: 'Go', language: 'go', prepares: true },
  handlebars: {
    label: 'Handlebars',
    language: 'handlebars',
    prepares: true,
    load: () => import('./handlebars.js'),
  },
  nunjucks: { label: 'Nunjucks', language: 'nunjucks', prepares: true, load: () => import('./nunjucks.js') },
  liquid: { label: 'LiquidJS', language: 'liquid', prepares: true, load: () => import('./liquid.js') },
  mustache: { label: 'Mustache', language: 'mustache', prepares: true, load: () => import('./mustache.js') },
  eta: { label: 'Eta', language: 'eta', prepares: true, load: () => import('./eta.js') },
  hand: { label: 'by hand', language: 'go', prepares: false, load: () => import('./by-hand.js') },
  floor: { label: 'bytes alone', language: 'go', prepares: false, load: () => import('./floor.js') },
} satisfies Record<string, Entry>;

export type EngineName = keyof typeof TABLE;

export const ENGINES: Readonly<Record<EngineName, Entry>> = TABLE;

export const ENGINE_NAMES = Object.keys(TABLE) as EngineName[];
