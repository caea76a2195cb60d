import nunjucks from 'nunjucks';
import { type Engine, versionOf } from './engine.js';

const environment = new nunjucks.Environment(null, { autoescape: false });

/** Compiled eagerly: the function is the one that `precompile` would print. */
export const engine: Engine = {
  version: versionOf('nunjucks'),
  prepare(source) {
    const template = new nunjucks.Template(source, environment, 'bench', true);
    return (data) => template.render(data);
  },
};
