import { parseArgs } from 'node:util';
import { FOLLOWER_EVENTS, FOLLOWER_STATES, FOLLOWER_TABLE } from '@px0/render-gateway/parts';
import { simulateOnAllCores } from './many-threads.js';
import { MUTANTS } from './mutants.js';
import { NO_FENCE, type SimulationResult, trace } from './simulate.js';

const HELP = `npm run simulate -- [--histories 10000] [--seed 1]
npm run simulate -- --seed 4711 --trace          tells what happens in one history
    --mutant '<name>'                            with a fault in it, one of:
${[NO_FENCE, ...Object.keys(MUTANTS)].map((name) => `        ${name}`).join('\n')}`;

const print = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const histories = Number(values.histories);

if (values.help || !Number.isSafeInteger(seed) || !Number.isSafeInteger(histories) || histories < 1) {
  print(HELP);
} else if (values.trace) {
  for (const line of await trace(seed, values.mutant)) print(line);
} else {
  const began = performance.now();
  const result = await simulateOnAllCores({ seed, histories, mutant: values.mutant, goesOn: true });
  report(result, (performance.now() - began) / 1_000);
  process.exitCode = result.findings.length === 0 ? 0 : 1;
}

function report({ histories: count, tally, findings }: SimulationResult, seconds: number): void {
  print(`${count} histories from seed ${seed}, ${Math.round(count / seconds)} a second`);
  print(`${tally.changes} changes in the database, ${tally.answers} answers judged\n`);
  for (const [deed, times] of Object.entries(tally.deeds)) print(`${String(times).padStart(9)}  ${deed}`);
  print("\nThe follower's table, how often each cell was met; – is a cell in which nothing happens\n");
  print(['event'.padEnd(12), ...FOLLOWER_STATES.map((state) => state.padStart(12))].join(''));
  for (const event of FOLLOWER_EVENTS) {
    const cells = FOLLOWER_STATES.map((state) => {
      const times = tally.cells[`${state} × ${event}`] ?? 0;
      const { next, actions } = FOLLOWER_TABLE[state][event];
      return times === 0 && next === state && actions.length === 0 ? '–' : String(times);
    });
    print([event.padEnd(12), ...cells.map((cell) => cell.padStart(12))].join(''));
  }
  print(`\n${findings.length} violations`);
  for (const { seed: found, words } of findings.slice(0, 20)) print(`  seed ${found}: ${words}`);
}
