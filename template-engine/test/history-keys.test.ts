/**
 * What went wrong in other template engines for JavaScript, as tests: keys of the data that the engine, or
 * JavaScript, gives a meaning. Each comes with engines that lack the protection, to show that the test would
 * notice.
 */
import { afterAll, describe, expect } from 'vitest';
import * as engine from '#index.js';
import { renderJson } from './history-rendering.js';
import { Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

describe('names that the engine itself uses are free for data', () => {
  const OWN = [
    'asNumber',
    'asBigint',
    'asText',
    'integerType',
    'exactValue',
    'isSafe',
    'isNonZero',
    'compareTo',
    'realPart',
    'imaginaryPart',
    'equals',
    'bytes',
    'turn',
    'turns',
    'items',
    'keys',
    'outerDot',
    'advance',
    'element',
    'key',
    'slots',
    'frame',
    'limits',
    'steps',
    'length',
    'size',
    'map',
    'at',
    'value',
    'kind',
    'op',
  ];

  // Type confusion: an engine's own wrapper objects stand where data are expected, and their fields
  // read as if they were data. Scalars of the template (5, len, a byte) must look like Go's.
  protects(
    'no scalar of the template has them as fields',
    engine,
    (tested) => {
      const data = '{"l":[1],"s":"é"}';
      for (const name of OWN) {
        for (const [source, type] of [
          [`{{(len .l).${name}}}`, 'int'],
          [`{{(index .s 0).${name}}}`, 'uint8'],
          [`{{(1i).${name}}}`, 'complex128'],
          [`{{("\\xff").${name}}}`, 'string'],
          [`{{("").${name}}}`, 'string'],
          [`{{$x := 5}}{{$x.${name}}}`, 'int'],
          [`{{range $i := 1}}{{$i.${name}}}{{end}}`, 'int'],
          [`{{with 1i}}{{.${name}}}{{end}}`, 'complex128'],
          [`{{template "x" 5}}{{define "x"}}{{.${name}}}{{end}}`, 'int'],
          [`{{template "x" 5}}{{define "x"}}{{$.${name}}}{{end}}`, 'int'],
        ] as const) {
          expect(() => renderJson(tested, source, data)).toThrow(
            `can't evaluate field ${name} in type ${type}`,
          );
        }
      }
    },
    {
      'a fast path for every name': {
        file: 'render/fields.js',
        find: 'return OBJECT_LIKE.some((object) => name in object);',
        replace: 'return false;',
      },
      'a fast path for names of integers': {
        file: 'render/fields.js',
        find: '[{}, [], intOf(0), new Complex(0, 0), new RawString(new Uint8Array())]',
        replace: '[{}, [], new Complex(0, 0), new RawString(new Uint8Array())]',
      },
    },
  );

  // Duck typing: JSON that has the fields of one of the engine's own values is taken for one, as React
  // once took objects for elements.
  protects(
    'an object that has them is a map, and they are its keys',
    engine,
    (tested) => {
      for (const name of OWN) {
        const data = `{"${name}":{"${name}":"own"},"list":[{"${name}":1}]}`;
        const source = `{{.${name}.${name}}} {{index . "${name}" "${name}"}} {{range .list}}{{.${name}}}{{end}}`;
        expect(renderJson(tested, source, data)).toBe('own own 1');
        expect(renderJson(tested, `{{.${name}}}{{len .${name}}}`, data)).toBe(`map[${name}:own]1`);
        expect(renderJson(tested, `{{range $k, $v := .list}}{{$v}}{{end}}`, data)).toBe(`map[${name}:1]`);
        const scalar = `{"${name}":7}`;
        expect(renderJson(tested, `{{len .}}{{.}}{{range .}}{{.}}{{end}}`, scalar)).toBe(`1map[${name}:7]7`);
      }
    },
    {
      'integers known by their fields': {
        file: 'format/formatter.js',
        find: 'if (value instanceof Integer)\n        return value.asText;',
        replace:
          "if (typeof value === 'object' && value !== null && 'asNumber' in value) return String(value.asNumber);",
      },
      'lists known by their length': {
        file: 'values/value.js',
        find: 'return Array.isArray(value);',
        replace: "return Array.isArray(value) || typeof value?.length === 'number';",
      },
      'scalars known by their fields': {
        file: 'values/value.js',
        find: '!Array.isArray(value) && !(value instanceof Scalar)',
        replace:
          "!Array.isArray(value) && !('bytes' in value || 'integerType' in value || 'realPart' in value)",
      },
    },
  );

  // A value whose conversion to text runs what the value says: engines that write `'' + value` call
  // toString, valueOf or toJSON of the data. Here those are keys, and data hold no functions.
  protects(
    'toString, valueOf and toJSON are keys, whatever they hold',
    engine,
    (tested) => {
      const data =
        '{"o":{"toString":"function(){return 1}","valueOf":{},"toJSON":null,"then":"x","length":9,"0":"a"}}';
      const shown = 'map[0:a length:9 then:x toJSON:<nil> toString:function(){return 1} valueOf:map[]]';
      expect(renderJson(tested, '{{.o}}', data)).toBe(shown);
      expect(renderJson(tested, '{{print .o}}{{len .o}}', data)).toBe(`${shown}6`);
      expect(renderJson(tested, '{{printf "%v%s" .o .o.toString}}', data)).toBe(
        `${shown}function(){return 1}`,
      );
      expect(renderJson(tested, '{{html .o.toString}}{{.o.valueOf}}', data)).toBe(
        'function(){return 1}map[]',
      );
      expect(() => renderJson(tested, '{{eq .o 1}}', data)).toThrow(/incompatible|non-comparable/);
      expect(() => renderJson(tested, '{{call .o.toString}}', data)).toThrow(
        'non-function .o.toString of type string',
      );
    },
    {
      'conversion by JavaScript': {
        file: 'render/show.js',
        find: 'new Formatter(rendering.formatLimits(node)).print(value)',
        replace: '("" + value)',
      },
    },
  );

  protects(
    'numbers as keys are keys, in Go’s order, and never positions',
    engine,
    (tested) => {
      const data = '{"o":{"10":"ten","9":"nine","-1":"minus"},"l":["zero"]}';
      expect(renderJson(tested, '{{.o}}{{range .o}}{{.}} {{end}}', data)).toBe(
        'map[-1:minus 10:ten 9:nine]minus ten nine ',
      );
      expect(renderJson(tested, '{{index .o "9"}}', data)).toBe('nine');
      expect(() => renderJson(tested, '{{index .o 9}}', data)).toThrow(
        'value has type int; should be string',
      );
      expect(() => renderJson(tested, '{{index .l "0"}}', data)).toThrow(
        'cannot index slice/array with type string',
      );
    },
    {
      'keys in the order of JavaScript': {
        file: 'values/keys.js',
        find: 'return keys.sort();',
        replace: 'return keys;',
      },
      'lists indexed by whatever comes': {
        file: 'builtins/collections.js',
        find: 'if (isArray(item))\n        return item[',
        replace:
          "if (isArray(item) && typeof key === 'string') return item[key] ?? null;\nif (isArray(item))\n        return item[",
      },
      'maps indexed by whatever comes': {
        file: 'builtins/collections.js',
        find: "if (typeof key === 'string')",
        replace: "if (key instanceof Integer) return item[key.asNumber];\nif (typeof key === 'string')",
      },
    },
  );
});
