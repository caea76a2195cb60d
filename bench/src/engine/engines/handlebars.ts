import Handlebars from 'handlebars';
import { type Engine, versionOf } from './engine.js';

const handlebars = Handlebars.create();
handlebars.registerHelper('eq', (left: unknown, right: unknown) => left === right);

/** `compile` makes the function that `precompile` would print, when it is called first. */
export const engine: Engine = {
  version: versionOf('handlebars'),
  prepare(source) {
    const template = handlebars.compile(source, { noEscape: true });
    return (data) => template(data);
  },
};
