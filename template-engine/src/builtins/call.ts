import { isString } from '../values/raw-string.js';
import { typeName, type Value } from '../values/value.js';
import { type Call, type Eager, failCall } from './builtin.js';

/** call f a b … : in Go it calls a function of the data; JSON holds none, so that it always fails. */
export const call: Eager = {
  kind: 'eager',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  many: ([callee], rendering, at) => {
    if (callee === null || callee === undefined) return failCall(rendering, at, 'call of nil');
    const name = writtenName(at) ?? describe(callee);
    return failCall(rendering, at, `non-function ${name} of type ${typeName(callee)}`);
  },
};

/** @returns what the template calls, as written; undefined if it comes through the pipe */
function writtenName({ node }: Call): string | undefined {
  return node.kind === 'command' ? node.operands[1]?.toString() : undefined;
}

/** A value that comes through the pipe has no name; Go shows it as reflect does. */
function describe(callee: Value): string {
  return isString(callee) ? `${callee}` : `<${typeName(callee)} Value>`;
}
