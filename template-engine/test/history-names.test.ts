/**
 * What went wrong in other template engines for JavaScript, as tests: names that reach past the data.
 * Each comes with engines that lack the protection, to show that the test would notice.
 */
import { afterAll, describe, expect } from 'vitest';
import * as engine from '#index.js';
import { outcome, render, renderJson } from './history-rendering.js';
import { type Change, Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

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
    'prototype and constructor reads: constructor.constructor is no Function, whichever way it is written',
    engine,
    (tested) => {
      const data = '{"o":{"a":1},"l":[],"s":"text","n":1}';
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
        expect(renderJson(tested, source, data)).toBe('<no value>');
      }
      for (const source of ['{{call .constructor}}', '{{call .o.constructor "return 1"}}']) {
        expect(() => renderJson(tested, source, data)).toThrow('error calling call: call of nil');
      }
      for (const source of ['{{.s.constructor}}', '{{.l.constructor}}', '{{.n.constructor}}']) {
        expect(() => renderJson(tested, source, data)).toThrow("can't evaluate field constructor");
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
    'prototype and constructor reads: no inherited name of any class is a value',
    engine,
    (tested) => {
      const names = [Object, Array, String, Number, Map, Function, Symbol, RegExp].flatMap((known) =>
        Object.getOwnPropertyNames(known.prototype),
      );
      const data = '{"o":{},"l":[1]}';
      for (const name of new Set(names)) {
        expect(renderJson(tested, `{{.o.${name}}}{{index .o "${name}"}}`, data)).toBe('<no value><no value>');
        expect(() => renderJson(tested, `{{.l.${name}}}`, data)).toThrow(`can't evaluate field ${name}`);
      }
    },
    { 'inherited fields': INHERITED_FIELDS, 'a fast path for every name': EVERY_NAME_IS_PLAIN },
  );
});

describe('`__proto__` is a key like any other', () => {
  // Prototype pollution by data (lodash, CVE-2018-16487, CVE-2019-10744; ejs, CVE-2022-29078, was
  // reached through it): a key of the JSON that becomes the prototype of something.
  protects(
    '`__proto__` as data and as key: at any depth, and in whatever is done with it',
    engine,
    (tested) => {
      const data = '{"__proto__":{"polluted":1},"l":[{"__proto__":{"polluted":2}}],"k":"__proto__"}';
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
      const given = JSON.parse(data);
      for (const [source, output] of cases) {
        expect(render(tested, source, given, { missing: 'default' })).toBe(output);
      }
      expect(JSON.stringify(given)).toBe(data);
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

  // A table that is a plain object answers to more names than it holds.
  protects(
    '`__proto__` as the name of a template, of a function, of a variable',
    engine,
    (tested) => {
      for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        const program = tested.compile(`{{define "${name}2"}}{{.}}{{end}}{{template "${name}2" "x"}}`, {
          name,
        });
        const template = tested.load(JSON.parse(JSON.stringify(program)));
        expect(template.name).toBe(name);
        expect(template.render({})).toBe('x');
        expect(renderJson(tested, `{{define "${name}"}}{{.}}{{end}}{{template "${name}" "x"}}`)).toBe('x');
        expect(renderJson(tested, `{{block "${name}" "x"}}{{.}}{{end}}`)).toBe('x');
        expect(() => renderJson(tested, `{{template "${name}"}}`)).toThrow(`template "${name}" not defined`);
        expect(() => tested.compile(`{{${name} 1}}`, { name })).toThrow(`function "${name}" not defined`);
        expect(renderJson(tested, `{{$${name} := 1}}{{$${name}}}`)).toBe('1');
        expect(() => tested.compile(`{{$${name}}}`, { name })).toThrow(`undefined variable "$${name}"`);
      }
    },
    {
      'functions in a plain object': {
        file: 'builtins/table.js',
        find: 'export const BUILTIN_NAMES = new Set(builtins.keys());',
        replace: 'export const BUILTIN_NAMES = { has: (name) => name in BUILTINS };',
      },
      'templates in a plain object': {
        file: 'syntax/parser.js',
        find: 'definitions = new Map();',
        replace: `definitions = {
          all: {},
          get(name) { return this.all[JSON.parse(name)]; },
          set(name, definition) { this.all[JSON.parse(name)] = definition; },
          delete(name) { delete this.all[JSON.parse(name)]; },
          [Symbol.iterator]() {
            return Object.entries(this.all).map(([name, of]) => [JSON.stringify(name), of]).values();
          },
        };`,
      },
      'variables in a plain object': {
        file: 'syntax/variables-in-sight.js',
        find: "counts = new Map([['$', 1]]);",
        replace: `counts = {
          all: { '': 1 },
          get(name) { return this.all[name.slice(1)]; },
          set(name, count) { this.all[name.slice(1)] = count; },
        };`,
      },
    },
  );

  // Nothing that a template or its data say may be written into a shared object.
  protects(
    '`Object.prototype` is unchanged, whatever the keys of the data and of the template',
    engine,
    (tested) => {
      const before = new Prototypes();
      try {
        const shown = outcome(() =>
          renderJson(
            tested,
            '{{index .o "absent"}}{{index . "__proto__" "more"}}{{$x := .o}}{{range $k, $v := .}}{{$x = $v}}{{end}}',
            '{"__proto__":{"a":1},"constructor":{"prototype":{"b":1}},"o":{}}',
          ),
        );
        expect(before.changed()).toEqual([]);
        expect(shown).toBe('<no value><no value>');
      } finally {
        for (const key of ['absent', 'more', 'a', 'b']) Reflect.deleteProperty(Object.prototype, key);
      }
    },
    {
      'a memory of absent keys': {
        ...INHERITED_KEYS,
        replace: 'Object.hasOwn(item, key) ? item[key] : (item.__proto__[key] = null)',
      },
      'data that are merged into an object': {
        file: 'template.js',
        find: 'const limits =',
        replace: `const merge = (into, from) => {
              for (const key of Object.keys(from)) {
                const value = from[key];
                if (typeof value === 'object' && value !== null) merge((into[key] ??= {}), value);
                else into[key] = value;
              }
              return into;
            };
            data = merge({}, data);
            const limits =`,
      },
    },
  );
});
