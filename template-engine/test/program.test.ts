import { describe, expect, it } from 'vitest';
import { compile } from '#compile.js';
import { InvalidProgramError } from '#errors.js';
import { decodeProgram } from '#program/decode.js';
import { load } from '#template.js';

const SOURCE = `Hi {{.user.name | printf "%-8s"}}!
{{- $n := len .items}}{{if and (gt $n 1) .t}}{{range $i, $e := .items}}{{if eq $i 2}}{{break}}{{end}}
{{$i}}: {{(index $.items $i).id}}{{continue}}{{else}}none{{end}}{{else if not nil}}{{.}}{{end}}
{{with $.user}}{{.name}}{{$n = 0x10}}{{else}}{{print 'x' 1.5 true}}{{end}}
{{template "row" .items}}{{block "foot" .}}{{.t}}{{if not .t}}{{template "none"}}{{end}}{{end}}
{{- define "row"}}{{range .}}<{{.id}}>{{end}}{{end}}`;

const variables = { user: { name: 'Ada' }, items: [{ id: 1 }, { id: 'two' }], t: true };

const EMPTY = { format: 2, name: 't', body: [], definitions: [], variables: [] };

function copyOf(program: unknown): unknown {
  return JSON.parse(JSON.stringify(program));
}

describe('a program', () => {
  it('is plain JSON', () => {
    const program = compile(SOURCE, { name: 'greeting' });
    expect(copyOf(program)).toEqual(program);
    expect(load(copyOf(program)).render(variables)).toBe(load(program).render(variables));
    expect(load(program).name).toBe('greeting');
  });

  it('holds the tree it was made from', () => {
    const { body, definitions } = decodeProgram(compile(SOURCE, { name: 't' }));
    const source = [...definitions].map(([name, list]) => `{{define ${name}}}${list}{{end}}`).join('') + body;
    const again = decodeProgram(compile(source, { name: 't' }));
    expect(again.body.toString()).toBe(body.toString());
    expect(String([...again.definitions])).toBe(String([...definitions]));
  });

  it('is refused in another format', () => {
    const program = { ...compile(SOURCE, { name: 't' }), format: 1 };
    expect(() => load(program)).toThrow(new InvalidProgramError('$.format', 'must be 2'));
  });

  it('is refused with the path of what is wrong', () => {
    const text = (body: unknown): unknown => ({ ...EMPTY, body });
    const at = [1, 0, 0, 0];
    const cases: [unknown, string, string][] = [
      [null, '$', 'must be an object'],
      [[], '$', 'must be an object'],
      [{ ...EMPTY, name: 1 }, '$.name', 'must be a string'],
      [{ ...EMPTY, more: 1 }, '$.more', 'is not known'],
      [text({}), '$.body', 'must be a list'],
      [text([[99, at]]), '$.body[0]', 'must be a statement'],
      [text([[0, at]]), '$.body[0]', 'must have 3 elements'],
      [text([[0, [1, 0, 0], 'x']]), '$.body[0][1]', 'must be four integers from 0'],
      [text([[0, [1, 0, 0, -1], 'x']]), '$.body[0][1]', 'must be four integers from 0'],
      [{ ...EMPTY, definitions: [['x', []]] }, '$.definitions[0][0]', 'must be a quoted name'],
      [{ ...EMPTY, definitions: [['"x"']] }, '$.definitions[0]', 'must have 2 elements'],
      [
        {
          ...EMPTY,
          definitions: [
            ['"x"', []],
            ['"x"', []],
          ],
        },
        '$.definitions[1][0]',
        'is defined twice',
      ],
      [{ ...EMPTY, variables: [{}] }, '$.variables[0].path', 'must be a string'],
      [text([[7, at, '"\\x41"', null]]), '$.body[0][2]', 'must be a quoted name'],
      [text([[5, at]]), '$.body[0]', 'must stand in a range'],
      [text([[1, at, [14, at]]]), '$.body[0][2]', 'must be a pipeline'],
      [text([[1, at, [19, at, [], false, []]]]), '$.body[0][2][4]', 'must not be empty'],
      [
        text([[1, at, [19, at, [], false, [[30, at, [[13, at, 'eval']]]]]]]),
        '$.body[0][2][4][0][2][0][2]',
        'must be the name of a function',
      ],
      [
        text([[1, at, [19, at, [], false, [[30, at, [[10, at, ['a.b']]]]]]]]),
        '$.body[0][2][4][0][2][0][2][0]',
        'must be a name',
      ],
      [
        text([[1, at, [19, at, [], false, [[30, at, [[17, at, '1x']]]]]]]),
        '$.body[0][2][4][0][2][0][2]',
        'illegal number syntax: "1x"',
      ],
    ];
    for (const [program, path, problem] of cases) {
      expect(() => load(program)).toThrow(new InvalidProgramError(path, problem));
    }
  });

  it('is refused when nested too deep to walk', () => {
    let pipeline: unknown = [19, [1, 0, 0, 0], [], false, [[30, [1, 0, 0, 0], [[14, [1, 0, 0, 0]]]]]];
    for (let i = 0; i < 100_000; i++) {
      pipeline = [19, [1, 0, 0, 0], [], false, [[30, [1, 0, 0, 0], [pipeline]]]];
    }
    const program = { ...EMPTY, body: [[1, [1, 0, 0, 0], pipeline]] };
    expect(() => load(program)).toThrow('is nested deeper than 200');
  });
});
