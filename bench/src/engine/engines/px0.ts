import { compile, load } from '@px0/template-engine';
import type { Engine } from './engine.js';

/** A program travels as JSON from the control plane to the gateway, so it does here. */
export const engine: Engine = {
  version: 'of this checkout',
  prepare(source) {
    const program = JSON.stringify(compile(source, { name: 'bench' }));
    const template = load(JSON.parse(program));
    return (data) => template.render(data);
  },
};
