import { fileURLToPath } from 'node:url';
import { buildGoProgram } from '../measuring/go-program.js';
import { spreadOf } from '../measuring/statistics.js';
import { type EngineProcess, startEngine } from './engine-process.js';
import { ENGINES, type EngineName } from './engines/table.js';
import type { EngineFigures, PerEngine, TemplateFigures } from './figures.js';
import type { CompileTimes, Source } from './messages.js';
import { assertSameOutputs } from './same-outputs.js';
import { TEMPLATE_NAMES, TEMPLATES, type TemplateName } from './templates/all.js';

const GO_SOURCE = fileURLToPath(new URL('../../src/engine/go/', import.meta.url));

export interface EngineBenchOptions {
  readonly engines: readonly EngineName[];
  readonly templates: readonly TemplateName[];
  readonly rounds: number;
  /** Of each template in each engine in each round. */
  readonly seconds: number;
}

/** Passes over all templates before anything counts. */
const WARM_UPS = 2;

/** Fresh processes for each first rendering. */
const FIRST_TIMES = 5;

/** Engines at work, each in a process of its own with all templates prepared. */
export interface RunningEngines {
  readonly processes: ReadonlyMap<EngineName, EngineProcess>;
  readonly versions: PerEngine<string>;
  /** What all of them render, to the byte. */
  readonly outputs: Readonly<Record<TemplateName, string>>;
  /** Another process of an engine, with nothing prepared. */
  startFresh(engine: EngineName): EngineProcess;
  stop(): Promise<void>;
}

/**
 * Starts engines and lets each render every template. Go is left out if it is not installed.
 *
 * @throws {OutputsDifferError} if two engines render different bytes
 */
export async function startEngines(names: readonly EngineName[]): Promise<RunningEngines> {
  const goProgram = names.includes('go') ? await buildGoProgram(GO_SOURCE) : undefined;
  const processes = new Map<EngineName, EngineProcess>();
  const startFresh = (name: EngineName) => startEngine(name, goProgram?.file);
  const stop = async () => {
    await Promise.all([...processes.values()].map((engine) => engine.stop()));
    await goProgram?.remove();
  };
  try {
    const versions: Partial<Record<EngineName, string>> = {};
    const outputs = new Map<EngineName, Readonly<Record<string, string>>>();
    for (const name of names) {
      if (name === 'go' && goProgram === undefined) continue;
      const engine = startFresh(name);
      processes.set(name, engine);
      const templates = Object.fromEntries(
        TEMPLATE_NAMES.map((template) => [template, sourceOf(name, template)]),
      );
      const answer = await engine.ask('prepare', { templates });
      versions[name] = answer.version;
      outputs.set(name, answer.outputs);
    }
    assertSameOutputs(outputs);
    const [common] = outputs.values();
    if (common === undefined) throw new Error('Go is not installed, and no other engine was asked for');
    return {
      processes,
      versions,
      outputs: common as Record<TemplateName, string>,
      startFresh,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Measures engines beside each other.
 *
 * @param say hears how far it is
 * @throws {OutputsDifferError} if two engines render different bytes; nothing has been timed then
 */
export async function measureEngines(
  options: EngineBenchOptions,
  say: (progress: string) => void,
): Promise<EngineFigures> {
  say('starting the engines and comparing what they render');
  const engines = await startEngines(options.engines);
  try {
    const names = [...engines.processes.keys()];
    const milliseconds = options.seconds * 1000;
    const renders = new Samples();
    const time = async (name: EngineName, template: TemplateName) => {
      const engine = engines.processes.get(name);
      if (engine === undefined) throw new Error(`${name} is not running`);
      return (await engine.ask('time', { template, milliseconds })).nanoseconds;
    };

    say('warming up');
    for (let pass = 0; pass < WARM_UPS; pass += 1)
      for (const name of names) for (const template of TEMPLATE_NAMES) await time(name, template);

    for (let round = 0; round < options.rounds; round += 1) {
      say(`round ${round + 1} of ${options.rounds}`);
      for (const template of options.templates)
        for (const name of rotated(names, round)) renders.add(template, name, await time(name, template));
    }

    say('first renderings, each in a process of its own');
    const firsts = new Samples();
    const preparing = names.filter((name) => ENGINES[name].prepares);
    for (let turn = 0; turn < FIRST_TIMES; turn += 1) {
      for (const template of options.templates) {
        for (const name of rotated(preparing, turn)) {
          const engine = engines.startFresh(name);
          const { nanoseconds } = await engine.ask('first', sourceOf(name, template));
          firsts.add(template, name, nanoseconds);
          await engine.stop();
        }
      }
    }

    say('compiling');
    const compiles = new Map<TemplateName, CompileTimes>();
    const px0 = engines.processes.get('px0');
    for (const template of options.templates) {
      const { source } = sourceOf('px0', template);
      if (px0 !== undefined) compiles.set(template, await px0.ask('compile', { source, milliseconds: 200 }));
    }

    const figures: Partial<Record<TemplateName, TemplateFigures>> = {};
    for (const template of options.templates) {
      figures[template] = {
        bytes: Buffer.byteLength(engines.outputs[template]),
        render: renders.spreads(template),
        ratio: renders.ratios(template),
        first: firsts.spreads(template),
        compile: compiles.get(template),
      };
    }
    return { versions: engines.versions, templates: figures };
  } finally {
    await engines.stop();
  }
}

/** Times by template and engine. */
class Samples {
  readonly #times = new Map<TemplateName, Map<EngineName, number[]>>();

  add(template: TemplateName, engine: EngineName, nanoseconds: number): void {
    const byEngine = this.#times.get(template) ?? new Map<EngineName, number[]>();
    this.#times.set(template, byEngine);
    const times = byEngine.get(engine) ?? [];
    byEngine.set(engine, times);
    times.push(nanoseconds);
  }

  spreads(template: TemplateName): TemplateFigures['render'] {
    const byEngine = [...(this.#times.get(template) ?? [])];
    return Object.fromEntries(byEngine.map(([engine, times]) => [engine, spreadOf(times)]));
  }

  /** @returns by engine: how many times its time px0 would have fitted into, in each round */
  ratios(template: TemplateName): TemplateFigures['ratio'] {
    const byEngine = this.#times.get(template);
    const px0 = byEngine?.get('px0');
    if (byEngine === undefined || px0 === undefined) return {};
    const others = [...byEngine].filter(([engine]) => engine !== 'px0');
    return Object.fromEntries(
      others.map(([engine, times]) => [
        engine,
        spreadOf(times.map((time, round) => time / (px0[round] ?? Number.NaN))),
      ]),
    );
  }
}

function sourceOf(engine: EngineName, template: TemplateName): Source {
  const { sources, data } = TEMPLATES[template];
  return { source: sources[ENGINES[engine].language], data };
}

/** Nobody is always the one that comes after the slowest. */
function rotated<T>(values: readonly T[], by: number): T[] {
  const start = by % values.length;
  return [...values.slice(start), ...values.slice(0, start)];
}
