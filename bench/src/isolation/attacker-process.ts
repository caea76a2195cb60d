import { setPriority } from 'node:os';
import { serveParent } from '../measuring/child.js';
import { Attacker, type FromAttacker, type ToAttacker } from './attacker.js';

/**
 * The hostile tenant's machine. It has none of its own here, so it takes what time the gateway leaves: at an
 * equal right to the core, what it costs to send and read megabytes would be held against the gateway.
 */
setPriority(19);

let attacker: Attacker | undefined;

const tell = serveParent<ToAttacker, FromAttacker>({
  attack: ({ plan }) => {
    attacker = new Attacker(plan);
  },
  rest: async () => {
    const answers = await attacker?.stop();
    tell({ kind: 'answers', answers: [...(answers ?? [])] });
  },
});

tell({ kind: 'ready', port: 0 });
