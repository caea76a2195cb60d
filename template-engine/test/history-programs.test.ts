/**
 * What went wrong in other template engines for JavaScript, as tests: trees in place of templates, and
 * options in the data. Each comes with engines that lack the protection.
 */
import { afterAll, describe, expect } from 'vitest';
import * as engine from '#index.js';
import { render } from './history-rendering.js';
import { Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

const AT = [1, 0, 0, 0];
const pipeline = (...operands: unknown[]): unknown => [19, AT, [], false, [[30, AT, operands]]];
const programOf = (...body: unknown[]): unknown => ({
  format: 2,
  name: 't',
  body,
  definitions: [],
  variables: [],
});
const printing = (...operands: unknown[]): unknown => programOf([1, AT, pipeline(...operands)]);

describe('a tree does not stand in for a template', () => {
  // AST injection: Handlebars.compile and Pug took an object that claims to be parsed already, so that
  // whoever could send JSON could send code (pug: `block` and `line`; Handlebars: NumberLiteral values).
  protects(
    'AST in place of a string: compile takes strings only',
    engine,
    (tested) => {
      const program = tested.compile('{{.a}}', { name: 't' });
      const text = {
        type: 'Program',
        body: [
          {
            type: 'MustacheStatement',
            path: 0,
            params: [{ type: 'NumberLiteral', value: 'process.exit()' }],
          },
        ],
      };
      const impostor = {
        length: 0,
        indexOf: () => -1,
        startsWith: () => false,
        slice: () => 'x',
        charAt: () => '',
      };
      for (const source of [
        null,
        undefined,
        0,
        {},
        [],
        ['{{.a}}'],
        program,
        text,
        impostor,
        new String('{{.a}}'),
        () => 'x',
      ]) {
        expect(() => tested.compile(source as string, { name: 't' })).toThrow(TypeError);
        expect(() => tested.compile(source as string, { name: 't' })).toThrow('must be a string');
      }
    },
    {
      'any source': {
        file: 'compile.js',
        find: "if (typeof source !== 'string')",
        replace: 'if (false)',
      },
      'trees that are believed': {
        file: 'compile.js',
        find: "if (typeof source !== 'string')",
        replace:
          "if (source?.type === 'Program' || source?.body) return source;\nif (typeof source !== 'string')",
      },
      'strings known by their methods': {
        file: 'compile.js',
        find: "if (typeof source !== 'string')",
        replace: "if (typeof source?.startsWith !== 'function')",
      },
    },
  );

  protects(
    'AST in place of a string: load takes programs only, in which every node is what it should be',
    engine,
    (tested) => {
      const refused = (program: unknown, problem: string) =>
        expect(() => tested.load(program)).toThrow(problem);
      for (const program of [
        null,
        undefined,
        '',
        '{{.a}}',
        5,
        [],
        {},
        () => 'x',
        JSON.stringify(printing([14, AT])),
      ]) {
        refused(program, 'invalid template program');
      }
      for (const name of [
        'constructor',
        '__proto__',
        'eval',
        'require',
        'toString',
        'hasOwnProperty',
        'print\n',
        '',
      ]) {
        refused(printing([13, AT, name]), 'must be the name of a function');
        refused(printing([12, AT, [13, AT, name], ['a']]), 'must be the name of a function');
      }
      for (const name of [
        'a.b',
        '',
        'a"]',
        'a-b',
        '0',
        '1a',
        'a b',
        'a\u200db',
        '\ufeff',
        ['a'],
        { toString: () => 'a' },
        5,
        null,
      ]) {
        refused(printing([10, AT, [name]]), 'must be a name');
        refused(printing([11, AT, '$x', [name]]), 'must be a name');
      }
      for (const name of ['x', '', '$.', '$x.y', '$x y', '$x\n', ['$'], null])
        refused(printing([11, AT, name, []]), 'must be a name');
      for (const source of [
        '1x',
        '',
        '__proto__',
        '1;process.exit()',
        "'ab'",
        '1e999',
        5,
        { valueOf: () => 1 },
        '1'.repeat(400),
      ]) {
        refused(printing([17, AT, source]), 'invalid template program');
      }
      for (const source of ['x', '"', '"a', '"a"b"', '"\n"', '"\\x"', '`a`b`', '', 5]) {
        refused(printing([18, AT, source]), 'invalid template program');
      }
      for (const position of [
        [-1, 0, 0, 0],
        [1.5, 0, 0, 0],
        [2 ** 53, 0, 0, 0],
        ['1', 0, 0, 0],
        [1, 0, 0],
        [1, 0, 0, 0, 0],
        {},
        null,
        new Array(4),
      ]) {
        refused(printing([14, position]), 'must be four integers from 0');
      }
      refused(printing([16, AT, 1]), 'must be a boolean');
      refused(programOf([0, AT, { toString: 1 }]), 'must be a string');
      refused({ ...(printing([14, AT]) as object), definitions: { x: [] } }, 'must be a list');
      const endless: unknown[] = [2, AT, pipeline([14, AT]), [], null];
      endless[3] = [endless];
      refused(programOf(endless), 'is nested deeper than');
      refused(JSON.parse('{"__proto__":{"format":2}}'), 'must be 2');
    },
    {
      'any function': {
        file: 'program/decode.js',
        find: 'if (!BUILTIN_NAMES.has(name))',
        replace: 'if (false)',
      },
      'any name': {
        file: 'program/part.js',
        find: 'return isRight(name) ? name :',
        replace: 'return true ? name :',
      },
      'any number': {
        file: 'program/decode.js',
        find: "'problem' in literal ? part.fail(literal.problem) : literal.value",
        replace: 'literal.value ?? 1',
      },
      'JSON that is parsed first': {
        file: 'program/decode.js',
        find: "const root = new Part(program, '$');",
        replace:
          "if (typeof program === 'string' && program.startsWith('{')) program = JSON.parse(program);\nconst root = new Part(program, '$');",
      },
      'any depth': {
        file: 'program/decode.js',
        find: 'if (around.nesting >= MAX_NESTING)',
        replace: 'if (false)',
      },
      'any position': {
        file: 'program/part.js',
        find: 'Number.isSafeInteger(value)',
        replace: 'Number(value) === value',
      },
    },
  );

  // A check that others can undo after it was made: what was loaded holds nothing of what was given.
  protects(
    'changing a program after it was loaded changes nothing',
    engine,
    (tested) => {
      const program = JSON.parse(
        JSON.stringify(tested.compile('{{.a.b.c}}{{printf "%d" 1}}', { name: 't' })),
      );
      const template = tested.load(program);
      const spoil = (value: unknown): void => {
        if (typeof value !== 'object' || value === null) return;
        for (const key of Object.keys(value)) {
          spoil((value as Record<string, unknown>)[key]);
          (value as Record<string, unknown>)[key] = 'constructor';
        }
      };
      spoil(program);
      expect(template.render({ a: { b: { c: 1 } } })).toBe('11');
      expect(template.name).toBe('t');
      expect(template.variables.map(({ path }) => path)).toEqual(['a.b.c']);
    },
    {
      'names that are looked at and kept': {
        file: 'program/part.js',
        find: 'return this.list().map((name) => name.name(isName));',
        replace: 'for (const name of this.list()) name.name(isName);\nreturn this.value;',
      },
      'variables that are looked at and kept': {
        file: 'analysis/decode-variables.js',
        find: 'return Array.from(value,',
        replace:
          'if (value.every((entry) => typeof entry?.path === "string")) return value;\nreturn Array.from(value,',
      },
      'programs that are read when they are first rendered': {
        file: 'template.js',
        find: 'const main = assembleAll(quote(name), body, definitions);',
        replace: `let made;
          const main = {
            get name() { return quote(name); },
            get instructions() {
              const { body, definitions } = decodeProgram(program);
              return (made ??= assembleAll(quote(name), body, definitions)).instructions;
            },
          };`,
      },
    },
  );

  protects(
    'huge positions are only told, and never used',
    engine,
    (tested) => {
      const far = [2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1];
      const program = programOf([1, far, [19, far, [], false, [[30, far, [[10, far, ['a']]]]]]]);
      expect(tested.load(program).render({ a: 1 })).toBe('1');
      expect(() => tested.load(program).render({})).toThrow(`t:${2 ** 53 - 1}:${2 ** 53 - 1}: executing "t"`);
    },
    {
      'errors that point at their column': {
        file: 'render/rendering.js',
        find: 'message(node, words) {',
        replace:
          "message(node, said) {\nconst words = said + '\\\\n' + ' '.repeat(node.position.column) + '^';",
      },
    },
  );
});

describe('data are no options', () => {
  // Options read from the data: ejs took `settings['view options']` with client, escapeFunction and
  // outputFunctionName (CVE-2022-29078), squirrelly and eta settings (CVE-2021-32819, CVE-2022-25967), pug
  // `pretty` (CVE-2021-21353). Here data and options are two arguments, and neither is merged.
  protects(
    'options smuggled in data: they stay data, whatever their keys are called',
    engine,
    (tested) => {
      const options = {
        missing: 'zero',
        limits: { steps: 1e12, outputBytes: 1e12, templateDepth: 1 },
        name: 'evil',
      };
      const data = {
        ...options,
        settings: {
          ...options,
          'view options': { ...options, client: true, escapeFunction: '1;process.exit()' },
        },
        client: true,
        escapeFunction: 'process.exit()',
        outputFunctionName: 'x;process.exit();s',
        cache: false,
        filename: '/etc/passwd',
        root: '/',
        include: '/etc/passwd',
        delimiter: '[',
        pretty: "');process.exit();('",
        compileDebug: true,
        helpers: { print: 'x' },
        functions: { constructor: 'x' },
        variables: [],
        $: 'x',
      };
      const nested =
        '{{define "a"}}{{if .}}{{template "b" 0}}{{end}}x{{end}}{{define "b"}}{{end}}{{template "a" 1}}';
      expect(render(tested, `{{.missing}}{{.name}}{{.filename}}${nested}`, data)).toBe(
        'zeroevil/etc/passwdx',
      );
      expect(() => render(tested, '{{.absent}}', data)).toThrow(
        'executing "t" at <.absent>: map has no entry for key "absent"',
      );
      expect(() => render(tested, '{{range 1000000}}{{end}}', data)).toThrow(
        'exceeds the limit of 1000000 on steps',
      );
      expect(render(tested, '{{print "<"}}{{html "<"}}{{.client}}', data)).toBe('<&lt;true');
    },
    {
      'missing taken from the data': {
        file: 'template.js',
        find: "options?.missing ?? 'error'",
        replace: "options?.missing ?? data.missing ?? 'error'",
      },
      'limits taken from the data': {
        file: 'template.js',
        find: 'options?.limits',
        replace: 'options?.limits ?? data.limits',
      },
      'options and data in one object': {
        file: 'template.js',
        find: 'const limits =',
        replace: 'options = Object.assign({}, options, data);\nconst limits =',
      },
      'options as Express hands them on': {
        file: 'template.js',
        find: 'const limits =',
        replace: "options = { ...options, ...data.settings?.['view options'] };\nconst limits =",
      },
    },
  );

  // An option that is there but undefined, as `{...config}` makes it, must not switch a protection off.
  protects(
    'a limit that is undefined is the default, and one that is no number is refused',
    engine,
    (tested) => {
      const template = tested.load(tested.compile('{{range 1000000}}{{end}}', { name: 't' }));
      const by = (steps: unknown) => () => template.render({}, { limits: { steps: steps as number } });
      expect(by(undefined)).toThrow('exceeds the limit of 1000000 on steps');
      for (const steps of [Number.NaN, '5', null, {}, -1])
        expect(by(steps)).toThrow(steps === null ? 'limit' : RangeError);
      const sourceBytes = Number.NaN;
      expect(() => tested.compile('', { name: 't', limits: { sourceBytes } })).toThrow(RangeError);
    },
    {
      'limits merged as they come': {
        file: 'limits.js',
        find: 'if (given === undefined)\n        return defaults;',
        replace: 'return { ...defaults, ...given };',
      },
      'limits that are no numbers': {
        file: 'limits.js',
        find: "typeof limit !== 'number' || !(limit >= 0)",
        replace: 'limit < 0',
      },
    },
  );
});
