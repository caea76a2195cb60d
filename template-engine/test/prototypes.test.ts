import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#compile.js';
import { TemplateExecutionError } from '#errors.js';
import type { JsonObject } from '#json.js';
import { load } from '#template.js';
import { Prototypes } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

function render(source: string, data: JsonObject): string {
  return load(compile(source, { name: 't' })).render(data);
}

const INHERITED = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Array.prototype),
  ...Object.getOwnPropertyNames(String.prototype),
  ...Object.getOwnPropertyNames(Function.prototype),
];
const data = JSON.parse('{"o":{},"l":[1],"s":"text","n":1,"b":true,"z":null}') as JsonObject;

describe('a name that JavaScript knows is an ordinary key', () => {
  it.each([...new Set(INHERITED)])('%s', (name) => {
    expect(() => render(`{{.${name}}}`, data)).toThrow(`map has no entry for key "${name}"`);
    expect(() => render(`{{.o.${name}}}`, data)).toThrow(`map has no entry for key "${name}"`);
    expect(() => render(`{{.o.${name}.x}}`, data)).toThrow(`map has no entry for key "${name}"`);
    expect(() => render(`{{$.o.${name}}}`, data)).toThrow(`map has no entry for key "${name}"`);
    expect(() => render(`{{(.o).${name}}}`, data)).toThrow(`map has no entry for key "${name}"`);
    for (const holder of ['l', 's', 'n', 'b']) {
      expect(() => render(`{{.${holder}.${name}}}`, data)).toThrow(`can't evaluate field ${name} in type`);
    }
    expect(() => render(`{{(len .l).${name}}}`, data)).toThrow(`can't evaluate field ${name} in type int`);
    expect(render(`{{index .o "${name}"}}`, data)).toBe('<no value>');

    const own = JSON.parse(`{"${name}":{"${name}":"own"}}`) as JsonObject;
    expect(render(`{{.${name}.${name}}}`, own)).toBe('own');
    expect(render(`{{index . "${name}" "${name}"}}`, own)).toBe('own');
    expect(render('{{range $k, $v := .}}{{$k}}{{end}}{{len .}}{{.}}', own)).toBe(
      `${name}1map[${name}:map[${name}:own]]`,
    );
  });

  it('also under the other treatments of missing keys', () => {
    const template = load(compile('{{.constructor}} {{.o.__proto__}} {{.o.toString}}', { name: 't' }));
    for (const missing of ['default', 'zero'] as const) {
      expect(template.render(data, { missing })).toBe('<no value> <no value> <no value>');
    }
  });
});

it('renderings do not see each other', () => {
  const template = load(compile('{{$x := .a}}{{if .b}}{{$x = .b}}{{end}}{{$x}}', { name: 't' }));
  expect(template.render({ a: 1, b: 2 })).toBe('2');
  expect(template.render({ a: 1, b: null })).toBe('1');
  expect(() => template.render({ b: 2 })).toThrow(TemplateExecutionError);
  expect(template.render({ a: 3, b: 0 })).toBe('3');
});
