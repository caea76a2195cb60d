/**
 * What a rendering does with data that are no JSON: with functions, getters, proxies and cycles.
 */
import { afterAll, describe, expect, it } from 'vitest';
import * as engine from '#index.js';
import { type Engine, Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

type Data = Parameters<ReturnType<Engine['load']>['render']>[0];

function render({ compile, load }: Engine, source: string, data: unknown = {}): string {
  return load(compile(source, { name: 't' })).render(data as Data);
}

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
        find: 'return new Formatter(rendering.formatLimits(node), charge).print(value);',
        replace: 'return "" + value;',
      },
    },
  );

  it.each([
    '{{.a}}',
    '{{if .a}}{{end}}',
    '{{print .a}}',
    '{{$x := .a}}{{$x}}{{$x}}',
    '{{index . "a"}}',
    '{{with .a}}{{.}}{{.}}{{end}}',
    '{{template "x" .a}}{{define "x"}}{{.}}{{.}}{{end}}',
    '{{.constructor}}',
  ])('a getter is read once where %s names it', (source) => {
    let reads = 0;
    const get = (): string => String(++reads);
    render(
      engine,
      source,
      Object.defineProperties({}, { a: { get, enumerable: true }, constructor: { get } }),
    );
    expect(reads).toBe(1);
  });

  it('an error of a getter comes through as it is, and the template can be rendered again', () => {
    const template = engine.load(engine.compile('{{range .l}}{{.a}}{{end}}', { name: 't' }));
    const broken = new Error('the host’s own');
    const thrower = {
      get a(): string {
        throw broken;
      },
    };
    expect(() => template.render({ l: [{ a: '1' }, thrower] })).toThrow(broken);
    expect(template.render({ l: [{ a: '1' }] })).toBe('1');
  });

  it('cycles end at a limit, and foreign objects are maps of what they own', () => {
    const cyclic: { self?: unknown; list: unknown[] } = { list: [] };
    cyclic.self = cyclic;
    cyclic.list.push(cyclic.list);
    expect(() => render(engine, '{{.self.self.list}}', cyclic)).toThrow('on valueDepth');
    expect(() => render(engine, '{{.}}', cyclic)).toThrow('on valueDepth');
    expect(() =>
      render(engine, '{{define "x"}}{{template "x" .self}}{{end}}{{template "x" .}}', cyclic),
    ).toThrow('maximum template depth');
    const odd = {
      date: new Date(0),
      map: new Map([[1, 2]]),
      big: 5n,
      symbol: Symbol('s'),
      none: undefined,
      set: new Set([1]),
    };
    expect(render(engine, '{{.date}} {{.map}} {{.big}} {{.symbol}} {{.set}}', odd)).toBe(
      'map[] map[] map[] map[] map[]',
    );
    expect(render(engine, '{{len .}}{{index . "none"}}', odd)).toBe('6<no value>');
  });

  it('a proxy cannot make the engine read what a template does not name', () => {
    const read: unknown[] = [];
    const data = new Proxy(
      { a: { b: 1 } },
      {
        get: (target, key) => {
          read.push(key);
          return Reflect.get(target, key);
        },
      },
    );
    expect(render(engine, '{{.a.b}}{{with .a}}{{.b}}{{end}}', data)).toBe('11');
    expect(read).toEqual(['a', 'a']);
  });
});
