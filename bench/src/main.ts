import { benchControlPlane } from './control-plane/bench.js';
import { benchEngine } from './engine/bench.js';
import { benchGateway } from './gateway/bench.js';
import { benchIsolation } from './isolation/bench.js';
import { benchPropagation } from './propagation/bench.js';
import { benchScale } from './scale/bench.js';
import { benchTemplateMemory } from './template-memory/bench.js';

/** What can be measured, by the word after `npm run bench --`. Each takes the words after that. */
const BENCHES: Readonly<Record<string, (options: string[]) => Promise<void>>> = {
  gateway: benchGateway,
  scale: benchScale,
  isolation: benchIsolation,
  propagation: benchPropagation,
  engine: benchEngine,
  'template-memory': benchTemplateMemory,
  'control-plane': benchControlPlane,
};

const [verb = '', ...options] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, verb) ? BENCHES[verb] : undefined;
if (bench === undefined) {
  const known = Object.keys(BENCHES).join(', ');
  process.stderr.write(`Say what to measure, as in "npm run bench -- gateway". There is: ${known}.\n`);
  process.exitCode = 1;
} else {
  await bench(options);
}
