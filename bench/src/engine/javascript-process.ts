import { createInterface } from 'node:readline';
import { compile, type JsonObject, load } from '@px0/template-engine';
import { quantile } from '../measuring/statistics.js';
import { timeBatches, timeCalls } from '../measuring/stopwatch.js';
import type { Render } from './engines/engine.js';
import { ENGINES, type EngineName } from './engines/table.js';
import type { Kind, Question, Questions } from './messages.js';

/** Renderings take turns over so many copies of the data: a power of two. */
const COPIES = 16;

/** The process of one engine in JavaScript, named by the first argument. */
const loaded = await ENGINES[process.argv[2] as EngineName].load?.();
if (loaded === undefined) throw new Error('no engine in JavaScript is named');
const { prepare, version } = loaded.engine;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Where every rendering puts its bytes. */
const bytes = new Uint8Array(1 << 20);

interface Prepared {
  readonly render: Render;
  readonly copies: readonly JsonObject[];
}
const prepared = new Map<string, Prepared>();

/** Renders, and takes the bytes out. */
function renderTimes({ render, copies }: Prepared, times: number): void {
  for (let index = 0; index < times; index += 1)
    encoder.encodeInto(render(copies[index & (COPIES - 1)] as JsonObject), bytes);
}

const answers: { readonly [K in Kind]: (question: Questions[K]['ask']) => Questions[K]['answer'] } = {
  prepare({ templates }) {
    const outputs: Record<string, string> = {};
    for (const [name, { source, data }] of Object.entries(templates)) {
      const copies = Array.from({ length: COPIES }, () => JSON.parse(data) as JsonObject);
      const template: Prepared = { render: prepare(source), copies };
      prepared.set(name, template);
      const { written } = encoder.encodeInto(template.render(copies[0] as JsonObject), bytes);
      outputs[name] = decoder.decode(bytes.subarray(0, written));
    }
    return { version, outputs };
  },
  time({ template, milliseconds }) {
    const chosen = prepared.get(template);
    if (chosen === undefined) throw new Error(`${template} was not prepared`);
    return { nanoseconds: timeBatches((times) => renderTimes(chosen, times), milliseconds) };
  },
  first({ source, data }) {
    const variables = JSON.parse(data) as JsonObject;
    const start = process.hrtime.bigint();
    encoder.encodeInto(prepare(source)(variables), bytes);
    return { nanoseconds: Number(process.hrtime.bigint() - start) };
  },
  compile({ source, milliseconds }) {
    const program = compile(source, { name: 'bench' });
    const medianOf = (work: () => void) => {
      timeCalls(work, milliseconds); // warms it
      return quantile(timeCalls(work, milliseconds), 0.5);
    };
    return {
      compile: medianOf(() => compile(source, { name: 'bench' })),
      load: medianOf(() => load(program)),
    };
  },
};

function answer(question: Question): unknown {
  switch (question.kind) {
    case 'prepare':
      return answers.prepare(question);
    case 'time':
      return answers.time(question);
    case 'first':
      return answers.first(question);
    case 'compile':
      return answers.compile(question);
    default:
      return question satisfies never;
  }
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line) as Question))}\n`);
