/**
 * What went wrong in other template engines for JavaScript, as tests: names that reach past the data.
 * Each comes with engines that lack the protection, to show that the test would notice.
 */
import { afterAll, describe, expect, it } from 'vitest';
import * as engine from '#index.js';
import { type Change, type Engine, Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

type Data = Parameters<ReturnType<Engine['load']>['render']>[0];
const json = (text: string): Data => JSON.parse(text) as Data;

function renderWith({ compile, load }: Engine, source: string, data: Data = {}): string {
  return load(compile(source, { name: 't' })).render(data, { missing: 'default' });
}

const EVERY_NAME_IS_PLAIN: Change = {
  file: 'render/fields.js',
  find: 'return OBJECT_LIKE.some((object) => name in object);',
  replace: 'return false;',
};
const INHERITED_FIELDS: Change = {
  file: 'render/fields.js',
  find: 'if (Object.hasOwn(receiver, name))',
  replace: 'if (name in receiver)',
};
const INHERITED_KEYS: Change = {
  file: 'builtins/collections.js',
  find: 'Object.hasOwn(item, key) ? item[key] : null',
  replace: 'item[key] ?? null',
};

describe('prototypes and constructors are out of reach', () => {
  // Code injection through inherited properties: Handlebars (CVE-2019-19919, CVE-2021-23369), where
  // {{#with "s" as |string|}}…{{lookup string.constructor …}} reached Function; Nunjucks, lodash alike.
  protects(
    'constructor.constructor is no Function, whichever way it is written',
    engine,
    (tested) => {
      const data = json('{"o":{"a":1},"l":[],"s":"text","n":1}');
      for (const source of [
        '{{.constructor}}',
        '{{.constructor.constructor}}',
        '{{.o.constructor.constructor}}',
        '{{$.o.constructor}}',
        '{{$x := .o}}{{$x.constructor}}',
        '{{(.o).constructor}}',
        '{{with .o}}{{.constructor}}{{end}}',
        '{{with $x := .o}}{{$x.constructor.prototype}}{{end}}',
        '{{range $i, $o := slice .l 0}}{{$o.constructor}}{{else}}{{.o.__proto__}}{{end}}',
        '{{index .o "constructor"}}',
        '{{index . "o" "__proto__"}}',
        '{{template "x" .o}}{{define "x"}}{{.constructor}}{{end}}',
        '{{block "x" .o}}{{.constructor.prototype.constructor}}{{end}}',
      ]) {
        expect(renderWith(tested, source, data)).toBe('<no value>');
      }
      for (const source of ['{{call .constructor}}', '{{call .o.constructor "return 1"}}']) {
        expect(() => renderWith(tested, source, data)).toThrow('error calling call: call of nil');
      }
      for (const source of ['{{.s.constructor}}', '{{.l.constructor}}', '{{.n.constructor}}']) {
        expect(() => renderWith(tested, source, data)).toThrow("can't evaluate field constructor");
      }
    },
    {
      'inherited fields': INHERITED_FIELDS,
      'a fast path for every name': EVERY_NAME_IS_PLAIN,
      'inherited keys': INHERITED_KEYS,
    },
  );

  // The lookups that engines forget when they close the others: Handlebars 4.6 closed prototypes of
  // objects and later also __defineGetter__ and __lookupGetter__ (CVE-2019-20920 and its successors).
  protects(
    'no inherited name of any class is a value',
    engine,
    (tested) => {
      const names = [Object, Array, String, Number, Map, Function, Symbol, RegExp].flatMap((known) =>
        Object.getOwnPropertyNames(known.prototype),
      );
      const data = json('{"o":{},"l":[1]}');
      for (const name of new Set(names)) {
        expect(renderWith(tested, `{{.o.${name}}}{{index .o "${name}"}}`, data)).toBe('<no value><no value>');
        expect(() => renderWith(tested, `{{.l.${name}}}`, data)).toThrow(`can't evaluate field ${name}`);
      }
    },
    { 'inherited fields': INHERITED_FIELDS, 'a fast path for every name': EVERY_NAME_IS_PLAIN },
  );
});

describe('__proto__ is a key like any other', () => {
  // Prototype pollution by data (lodash, CVE-2018-16487, CVE-2019-10744; ejs, CVE-2022-29078, was
  // reached through it): a key of the JSON that becomes the prototype of something.
  protects(
    'in the data, at any depth, and in whatever is done with it',
    engine,
    (tested) => {
      const data = json('{"__proto__":{"polluted":1},"l":[{"__proto__":{"polluted":2}}],"k":"__proto__"}');
      const before = JSON.stringify(data);
      const cases: [string, string][] = [
        ['{{.__proto__}}', 'map[polluted:1]'],
        ['{{.__proto__.polluted}}', '1'],
        ['{{.polluted}}', '<no value>'],
        ['{{index . "__proto__" "polluted"}}', '1'],
        ['{{index . .k "polluted"}}', '1'],
        ['{{(index .l 0).__proto__.polluted}}', '2'],
        ['{{(index .l 0).polluted}}', '<no value>'],
        ['{{range .l}}{{.polluted}}{{.__proto__}}{{end}}', '<no value>map[polluted:2]'],
        ['{{range $k, $v := .}}{{$k}} {{end}}', '__proto__ k l '],
        ['{{with .__proto__}}{{.polluted}}{{end}}', '1'],
        ['{{$x := .__proto__}}{{$x = .l}}{{$y := .__proto__.polluted}}{{$y}}', '1'],
        ['{{template "x" .__proto__}}{{define "x"}}{{.polluted}}{{.__proto__}}{{end}}', '1<no value>'],
        ['{{define "__proto__"}}{{.}}{{end}}{{template "__proto__" .k}}', '__proto__'],
        ['{{block "constructor" .k}}{{.}}{{end}}', '__proto__'],
        ['{{.l}}', '[map[__proto__:map[polluted:2]]]'],
        ['{{printf "%#v" .__proto__}}', 'map[string]interface {}{"polluted":1}'],
        ['{{len .}}{{len .__proto__}}{{if .__proto__}}true{{end}}', '31true'],
        ['{{$__proto__ := 1}}{{$__proto__}}{{$constructor := 2}}{{$constructor}}', '12'],
      ];
      for (const [source, output] of cases) expect(renderWith(tested, source, data)).toBe(output);
      expect(JSON.stringify(data)).toBe(before);
    },
    {
      'inherited keys': { ...INHERITED_KEYS, replace: 'key === "__proto__" ? null : item[key]' },
      'a prototype as a value': {
        file: 'render/fields.js',
        find: 'if (Object.hasOwn(receiver, name))\n            return receiver[name];',
        replace:
          'if (name === "__proto__") return Object.getPrototypeOf(receiver);\nif (Object.hasOwn(receiver, name)) return receiver[name];',
      },
    },
  );

  it('also as the name of a template, of its root, and of what it defines', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const program = engine.compile(`{{define "${name}2"}}{{.}}{{end}}{{template "${name}2" "x"}}`, {
        name,
      });
      const template = engine.load(JSON.parse(JSON.stringify(program)));
      expect(template.name).toBe(name);
      expect(template.render({})).toBe('x');
      expect(() => engine.compile(`{{${name} 1}}`, { name })).toThrow(`function "${name}" not defined`);
      expect(() => renderWith(engine, `{{template "${name}"}}`)).toThrow(`template "${name}" not defined`);
    }
  });

  // Nothing that a template or its data say may be written into a shared object.
  protects(
    'and is never written to',
    engine,
    (tested) => {
      const before = new Prototypes();
      try {
        renderWith(
          tested,
          '{{index .o "absent"}}{{index . "__proto__" "more"}}{{$x := .o}}{{range $k, $v := .}}{{$x = $v}}{{end}}',
          json('{"__proto__":{"a":1},"constructor":{"prototype":{"b":1}},"o":{}}'),
        );
        expect(before.changed()).toEqual([]);
      } finally {
        for (const key of ['absent', 'more', 'a', 'b']) Reflect.deleteProperty(Object.prototype, key);
      }
    },
    {
      'a memory of absent keys': {
        ...INHERITED_KEYS,
        replace: 'Object.hasOwn(item, key) ? item[key] : (item.__proto__[key] = null)',
      },
    },
  );
});

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
    'and no field of a value that is not a map of the data',
    engine,
    (tested) => {
      const data = json('{"l":[1],"s":"é"}');
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
          expect(() => renderWith(tested, source, data)).toThrow(
            `can't evaluate field ${name} in type ${type}`,
          );
        }
      }
    },
    {
      'a fast path for every name': EVERY_NAME_IS_PLAIN,
      'a fast path for names of integers': {
        file: 'render/fields.js',
        find: '[{}, [], intOf(0), new Complex(0, 0), new RawString(new Uint8Array())]',
        replace: '[{}, [], new Complex(0, 0), new RawString(new Uint8Array())]',
      },
    },
  );

  it.each(OWN)('%s is a key', (name) => {
    const data = json(`{"${name}":{"${name}":"own"},"list":[{"${name}":1}]}`);
    const source = `{{.${name}.${name}}} {{index . "${name}" "${name}"}} {{range .list}}{{.${name}}}{{end}}`;
    expect(renderWith(engine, source, data)).toBe('own own 1');
    expect(renderWith(engine, `{{.${name}}}{{len .${name}}}`, data)).toBe(`map[${name}:own]1`);
  });

  // A value whose conversion to text runs what the value says: engines that write `'' + value` call
  // toString, valueOf or toJSON of the data. Here those are keys, and data hold no functions.
  protects(
    'also toString, valueOf and toJSON, whatever they hold',
    engine,
    (tested) => {
      const data = json(
        '{"o":{"toString":"function(){return 1}","valueOf":{},"toJSON":null,"then":"x","length":9,"0":"a"}}',
      );
      const shown = 'map[0:a length:9 then:x toJSON:<nil> toString:function(){return 1} valueOf:map[]]';
      expect(renderWith(tested, '{{.o}}', data)).toBe(shown);
      expect(renderWith(tested, '{{print .o}}{{len .o}}', data)).toBe(`${shown}6`);
      expect(renderWith(tested, '{{printf "%v%s" .o .o.toString}}', data)).toBe(
        `${shown}function(){return 1}`,
      );
      expect(renderWith(tested, '{{html .o.toString}}{{.o.valueOf}}', data)).toBe(
        'function(){return 1}map[]',
      );
      expect(() => renderWith(tested, '{{eq .o 1}}', data)).toThrow(/incompatible|non-comparable/);
      expect(() => renderWith(tested, '{{call .o.toString}}', data)).toThrow(
        'non-function .o.toString of type string',
      );
    },
    {
      'conversion by JavaScript': {
        file: 'render/show.js',
        find: 'return new Formatter(rendering.formatLimits(node), charge).print(value);',
        replace: 'return "" + value;',
      },
    },
  );

  it('numbers as keys are keys, in Go’s order, and never positions', () => {
    const data = json('{"o":{"10":"ten","9":"nine","-1":"minus"},"l":["zero"]}');
    expect(renderWith(engine, '{{.o}}{{range .o}}{{.}} {{end}}', data)).toBe(
      'map[-1:minus 10:ten 9:nine]minus ten nine ',
    );
    expect(renderWith(engine, '{{index .o "9"}}', data)).toBe('nine');
    expect(() => renderWith(engine, '{{index .o 9}}', data)).toThrow('value has type int; should be string');
    expect(() => renderWith(engine, '{{index .l "0"}}', data)).toThrow(
      'cannot index slice/array with type string',
    );
  });
});
