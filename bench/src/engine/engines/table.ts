import type { Language } from '../templates/template.js';
import type { Engine } from './engine.js';

interface Entry {
  /** The engine's name for people. */
  readonly label: string;
  readonly language: Language;
  /** Absent for Go, which is a program of its own. */
  readonly load?: () => Promise<{ readonly engine: Engine }>;
}

/** What is measured, by the names that the option --only takes. A process loads no engine but its own. */
const TABLE = {
  px0: { label: 'px0', language: 'go', load: () => import('./px0.js') },
  go: { label: 'Go', language: 'go' },
  handlebars: { label: 'Handlebars', language: 'handlebars', load: () => import('./handlebars.js') },
  nunjucks: { label: 'Nunjucks', language: 'nunjucks', load: () => import('./nunjucks.js') },
  liquid: { label: 'LiquidJS', language: 'liquid', load: () => import('./liquid.js') },
  mustache: { label: 'Mustache', language: 'mustache', load: () => import('./mustache.js') },
  eta: { label: 'Eta', language: 'eta', load: () => import('./eta.js') },
  floor: { label: 'bytes alone', language: 'go', load: () => import('./floor.js') },
} satisfies Record<string, Entry>;

export type EngineName = keyof typeof TABLE;

export const ENGINES: Readonly<Record<EngineName, Entry>> = TABLE;

export const ENGINE_NAMES = Object.keys(TABLE) as EngineName[];
