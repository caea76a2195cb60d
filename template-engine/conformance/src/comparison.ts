import type { Answer } from './case.js';

/**
 * - `same`, `different`: what the two say
 * - `limited`: one of them stopped by its own limits, or Go shows an address in memory; `by` says which
 */
export type Verdict = { kind: 'same' | 'different' } | { kind: 'limited'; by: string };

const ADDRESS = /\b0xc0[0-9a-f]{8}\b/;

export function compare(go: Answer, ours: Answer): Verdict {
  if (ours.kind === 'limited') return { kind: 'limited', by: `our limit on ${ours.text}` };
  // A panic inside text/template is a fault of Go's, and nothing to follow.
  if (go.kind === 'limited' || go.kind === 'panic') return { kind: 'limited', by: `Go: ${go.text}` };
  if (go.kind === ours.kind && go.text === ours.text) return { kind: 'same' };
  return ADDRESS.test(go.text) ? { kind: 'limited', by: 'an address' } : { kind: 'different' };
}
