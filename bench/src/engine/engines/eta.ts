import { Eta } from 'eta';
import { type Engine, versionOf } from './engine.js';

const eta = new Eta({ autoEscape: false, autoTrim: false });

export const engine: Engine = {
  version: versionOf('eta'),
  prepare(source) {
    const template = eta.compile(source);
    return (data) => template.call(eta, data);
  },
};
