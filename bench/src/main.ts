import { BENCHES } from './benches.js';

const [verb = '', ...options] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, verb) ? BENCHES[verb] : undefined;
if (bench === undefined) {
  const known = Object.keys(BENCHES).join(', ');
  process.stderr.write(`Say what to measure, as in "npm run bench -- gateway". There is: ${known}.\n`);
  process.exitCode = 1;
} else {
  await bench(options);
}
