/**
 * What a rendering does with data that are no JSON: with functions, getters, proxies and cycles. Each test
 * comes with engines that lack the protection, to show that it would notice.
 */
import { afterAll, describe, expect } from 'vitest';
import * as engine from '#index.js';
import { render } from './history-rendering.js';
import { Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

describe('data that are no JSON', () => {
  // render() is typed for data as JSON.parse returns them. What holds for the rest: nothing of it is
  // ever called by the engine except getters and traps, once per reading, and their errors come through.
  protects(
    'functions are never called',
    engine,
    (tested) => {
      let calls = 0;
      const f = (): string => {
        calls++;
        return 'called';
      };
      const data = {
        f,
        toString: f,
        valueOf: f,
        toJSON: f,
        [Symbol.toPrimitive]: f,
        o: { toString: f, valueOf: f },
      };
      for (const source of [
        '{{.f}}',
        '{{call .f}}',
        '{{.o}}',
        '{{print .o .f}}',
        '{{printf "%s %d %v" .o .f .}}',
        '{{html .o}}',
        '{{eq .o 1}}',
        '{{len .f}}',
        '{{range .f}}{{.}}{{end}}',
        '{{index .o .f}}',
        '{{.f.name}}',
        '{{with .f}}{{.}}{{end}}',
        '{{template "x" .f}}{{define "x"}}{{.}}{{end}}',
        '{{.toString}}',
        '{{slice .f}}',
        '{{urlquery .o}}',
        '{{.}}',
      ]) {
        try {
          expect(render(tested, source, data)).not.toContain('called');
        } catch (error) {
          expect(error).toHaveProperty('name', 'TemplateExecutionError');
        }
      }
      expect(calls).toBe(0);
    },
    {
      'conversion by JavaScript': {
        file: 'render/show.js',
        find: 'new Formatter(rendering.formatLimits(node)).print(value)',
        replace: '("" + value)',
      },
      'functions as Mustache has them': {
        file: 'render/show.js',
        find: 'return printScalar(value) ??',
        replace: 'if (typeof value === "function") return value();\nreturn printScalar(value) ??',
      },
      'a call that calls': {
        file: 'builtins/call.js',
        find: 'const name = writtenName(at)',
        replace: 'if (typeof callee === "function") return callee();\nconst name = writtenName(at)',
      },
    },
  );

  protects(
    'a getter is read once where a template names it',
    engine,
    (tested) => {
      for (const source of [
        '{{.a}}',
        '{{if .a}}{{end}}',
        '{{print .a}}',
        '{{print $.a}}',
        '{{$x := .a}}{{$x}}{{$x}}',
        '{{index . "a"}}',
        '{{with .a}}{{.}}{{.}}{{end}}',
        '{{template "x" .a}}{{define "x"}}{{.}}{{.}}{{end}}',
        '{{.constructor}}',
      ]) {
        let reads = 0;
        const get = (): string => String(++reads);
        const data = Object.defineProperties({}, { a: { get, enumerable: true }, constructor: { get } });
        render(tested, source, data);
        expect(reads, source).toBe(1);
      }
    },
    {
      'a field that is looked at before it is read': {
        file: 'render/fields.js',
        find: 'if (Object.hasOwn(receiver, name))',
        replace: 'if (receiver[name] !== undefined && Object.hasOwn(receiver, name))',
      },
      'an element that is looked at before it is read': {
        file: 'builtins/collections.js',
        find: 'Object.hasOwn(item, key) ?',
        replace: 'Object.hasOwn(item, key) && item[key] !== undefined ?',
      },
    },
  );

  protects(
    'an error of a getter comes through as it is, and the template can be rendered again',
    engine,
    (tested) => {
      const template = tested.load(tested.compile('{{range $.l}}{{.a}}{{end}}', { name: 't' }));
      const broken = new Error('the host’s own');
      const thrower = {
        get a(): string {
          throw broken;
        },
      };
      expect(() => template.render({ l: [{ a: '1' }, thrower] })).toThrow(broken);
      expect(template.render({ l: [{ a: '1' }] })).toBe('1');
    },
    {
      'errors in words of its own': {
        file: 'template.js',
        find: "return run(main, new Rendering(name, main.name, data, options?.missing ?? 'error', limits), data);",
        replace: `try {
            return run(main, new Rendering(name, main.name, data, options?.missing ?? 'error', limits), data);
          } catch (error) {
            throw error.name.startsWith('T') ? error : new Error('cannot render: ' + error.message);
          }`,
      },
      'one state for all renderings': {
        file: 'template.js',
        find: "return run(main, new Rendering(name, main.name, data, options?.missing ?? 'error', limits), data);",
        replace: `this.state ??= new Rendering(name, main.name, data, options?.missing ?? 'error', limits);
          return run(main, this.state, data);`,
      },
    },
  );

  protects(
    'cycles end at a limit',
    engine,
    (tested) => {
      const cyclic: { self?: unknown; list: unknown[] } = { list: [] };
      cyclic.self = cyclic;
      cyclic.list.push(cyclic.list);
      expect(() => render(tested, '{{.self.self.list}}', cyclic)).toThrow('on valueDepth');
      expect(() => render(tested, '{{.}}', cyclic)).toThrow('on valueDepth');
      expect(() =>
        render(tested, '{{define "x"}}{{template "x" .self}}{{end}}{{template "x" .}}', cyclic),
      ).toThrow('maximum template depth');
    },
    {
      'values as deep as they come': {
        file: 'format/formatter.js',
        find: 'if (depth >= this.limits.limits.valueDepth)',
        replace: 'if (false)',
      },
      'a depth that starts anew in lists': {
        file: 'format/formatter.js',
        find: 'this.formatAt(items[i], spec, depth + 1)',
        replace: 'this.formatAt(items[i], spec, 0)',
      },
    },
  );

  protects(
    'objects of whatever class print, and are ranged over, as maps of what they own',
    engine,
    (tested) => {
      const odd = {
        date: new Date(0),
        map: new Map([[1, 2]]),
        big: 5n,
        symbol: Symbol('s'),
        none: undefined,
        set: new Set([1]),
        heir: Object.create({ inherited: 1 }),
      };
      expect(render(tested, '{{.date}} {{.map}} {{.big}} {{.symbol}} {{.set}} {{.heir}}', odd)).toBe(
        'map[] map[] map[] map[] map[] map[]',
      );
      expect(render(tested, '{{len .}}{{index . "none"}}{{range .heir}}{{.}}{{end}}{{len .heir}}', odd)).toBe(
        '7<no value>0',
      );
    },
    {
      'keys as for … in finds them': {
        file: 'values/keys.js',
        find: 'const keys = Object.keys(object);',
        replace: 'const keys = [];\nfor (const key in object) keys.push(key);',
      },
      'objects that show themselves': {
        file: 'format/formatter.js',
        find: 'return Array.isArray(value)',
        replace:
          'if (value.toString !== Object.prototype.toString && !Array.isArray(value)) return String(value);\nreturn Array.isArray(value)',
      },
    },
  );

  protects(
    'a proxy sees no reading but what a template names',
    engine,
    (tested) => {
      const read: unknown[] = [];
      const data = new Proxy(
        { a: { b: 1 }, secret: 1 },
        {
          get: (target, key) => {
            read.push(key);
            return Reflect.get(target, key);
          },
        },
      );
      expect(render(tested, '{{.a.b}}{{with .a}}{{.b}}{{end}}', data)).toBe('11');
      expect(read).toEqual(['a', 'a']);
    },
    {
      'data that are copied before they are rendered': {
        file: 'template.js',
        find: 'const limits =',
        replace: 'data = { ...data };\nconst limits =',
      },
    },
  );
});
