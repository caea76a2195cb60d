import { ENGINES, type EngineName } from './engines/table.js';
import type { EngineFigures } from './figures.js';
import type { TemplateName } from './templates/all.js';

/** What px0 has to reach, and what it does reach. */
export interface Bar {
  readonly template: TemplateName;
  /** What has to hold, in words. */
  readonly wanted: string;
  readonly found: string;
  readonly held: boolean;
}

/** How many times as fast as another engine px0 has to be, for every template; `above` it, or at `least`. */
const SPEED_BARS: readonly {
  readonly engine: EngineName;
  readonly rule: 'above' | 'least';
  readonly times: number;
}[] = [
  { engine: 'go', rule: 'least', times: 8 },
  { engine: 'handlebars', rule: 'above', times: 1 },
  { engine: 'nunjucks', rule: 'above', times: 1 },
  { engine: 'liquid', rule: 'above', times: 1 },
  { engine: 'mustache', rule: 'above', times: 1 },
  { engine: 'eta', rule: 'least', times: 0.5 },
];

/** Time that compiling alone has to stay under, in nanoseconds. */
const COMPILE_BARS: Readonly<Partial<Record<TemplateName, number>>> = { greeting: 200_000, chat: 5_000_000 };

/** @returns the bars that the figures are enough to judge, template by template */
export function judge({ templates }: EngineFigures): Bar[] {
  return Object.entries(templates).flatMap(([name, figures]) => {
    const template = name as TemplateName;
    const bars: Bar[] = [];
    for (const { engine, rule, times } of SPEED_BARS) {
      const ratio = figures.ratio[engine]?.median;
      if (ratio === undefined) continue;
      bars.push({
        template,
        wanted: wantedSpeed(ENGINES[engine].label, rule, times),
        found: `${ratio.toFixed(2)}x`,
        held: rule === 'least' ? ratio >= times : ratio > times,
      });
    }
    const most = COMPILE_BARS[template];
    const compile = figures.compile?.compile;
    if (most !== undefined && compile !== undefined) {
      bars.push({
        template,
        wanted: `compile under ${most / 1000} us`,
        found: `${(compile / 1000).toFixed(1)} us`,
        held: compile < most,
      });
    }
    return bars;
  });
}

function wantedSpeed(label: string, rule: 'above' | 'least', times: number): string {
  if (rule === 'least') return `at least ${times}x as fast as ${label}`;
  return times === 1 ? `faster than ${label}` : `more than ${times}x as fast as ${label}`;
}
