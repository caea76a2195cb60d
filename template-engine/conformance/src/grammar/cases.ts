import type { JsonValue, MissingKey } from '@px0/template-engine';
import type { Case } from '../case.js';
import { Random } from '../random.js';
import { randomData } from './data.js';
import { mutated, tokenSoup } from './mutations.js';
import { Statements } from './statements.js';

/** @returns a case that depends on nothing but the two numbers */
export function randomCase(seed: number, number: number): Case {
  const random = new Random(seed, number);
  const data = randomData(random);
  const missing = random.weighted<MissingKey>([
    [30, 'error'],
    [45, 'default'],
    [25, 'zero'],
  ]);
  return { template: randomTemplate(random, data), data, missing };
}

function randomTemplate(random: Random, data: string): string {
  if (random.percent(5)) return tokenSoup(random);
  const template = new Statements(random, JSON.parse(data) as JsonValue).template();
  return random.percent(20) ? mutated(random, template) : template;
}
