import { Liquid } from 'liquidjs';
import { type Engine, versionOf } from './engine.js';

const liquid = new Liquid();

export const engine: Engine = {
  version: versionOf('liquidjs'),
  prepare(source) {
    const template = liquid.parse(source);
    return (data) => liquid.renderSync(template, data) as string;
  },
};
