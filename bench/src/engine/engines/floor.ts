import type { Engine, Render } from './engine.js';
import { engine as px0 } from './px0.js';

/**
 * No engine: the flat text is there already, and only its bytes are taken out. Nothing that makes a
 * JavaScript string can be faster.
 */
export const engine: Engine = {
  version: 'no engine',
  prepare(source) {
    const render = px0.prepare(source);
    let text: string | undefined;
    const constant: Render = (data) => {
      text ??= new TextDecoder().decode(new TextEncoder().encode(render(data)));
      return text;
    };
    return constant;
  },
};
