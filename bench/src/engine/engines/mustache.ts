import Mustache from 'mustache';
import { type Engine, versionOf } from './engine.js';

/**
 * Tokens are kept and rendered directly: `Mustache.render` would look them up by the whole source of
 * the template, every time.
 */
export const engine: Engine = {
  version: versionOf('mustache'),
  prepare(source) {
    const writer = new Mustache.Writer();
    const tokens = writer.parse(source);
    const config = { escape: String };
    return (data) => writer.renderTokens(tokens, new Mustache.Context(data), undefined, source, config);
  },
};
