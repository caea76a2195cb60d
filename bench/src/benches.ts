/**
 * What can be measured, by the word after `npm run bench --`. Each takes the words after that, and is
 * loaded when it is asked for.
 */
export const BENCHES: Readonly<Record<string, (options: string[]) => Promise<void>>> = {
  gateway: async (options) => (await import('./gateway/bench.js')).benchGateway(options),
  scale: async (options) => (await import('./scale/bench.js')).benchScale(options),
  isolation: async (options) => (await import('./isolation/bench.js')).benchIsolation(options),
  'slow-clients': async (options) => (await import('./slow-clients/bench.js')).benchSlowClients(options),
  restart: async (options) => (await import('./restart/bench.js')).benchRestart(options),
  propagation: async (options) => (await import('./propagation/bench.js')).benchPropagation(options),
  costs: async (options) => (await import('./costs/bench.js')).benchCosts(options),
  engine: async (options) => (await import('./engine/bench.js')).benchEngine(options),
  'template-memory': async () => (await import('./template-memory/bench.js')).benchTemplateMemory(),
  'control-plane': async (options) => (await import('./control-plane/bench.js')).benchControlPlane(options),
};
