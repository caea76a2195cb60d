/**
 * What went wrong in other template engines for JavaScript, as tests: small templates that grow without
 * bounds. Each comes with engines that lack the protection, to show that the test would notice.
 */
import { afterAll, describe, expect } from 'vitest';
import * as engine from '#index.js';
import { expectWithin, outcome, render } from './history-rendering.js';
import { Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

describe('nothing grows without bounds', () => {
  // Padding bombs: a width or precision that makes a small template write gigabytes (LiquidJS filters,
  // left-pad style helpers).
  protects(
    'padding bombs: widths and precisions of printf are bounded, however they are given',
    engine,
    (tested) => {
      const limits = { printfWidth: 10, printfPrecision: 10 };
      const by = (verb: string, args = '1') =>
        outcome(() => render(tested, `{{printf ${JSON.stringify(verb)} ${args}}}`, {}, { limits }));
      for (const verb of ['%11d', '%-11d', '%011d', '%+11v', '%11T', '%11q'])
        expect(by(verb)).toBe('limit: printfWidth');
      for (const args of ['11 1', '-11 1']) expect(by('%*d', args)).toBe('limit: printfWidth');
      expect(by('%[2]*[1]d', '1 11')).toBe('limit: printfWidth');
      for (const verb of ['%.11d', '%.11f', '%.11x', '%11.11d', '%.11U'])
        expect(by(verb)).toMatch(/^limit: printf/);
      expect(by('%.*f', '11 1.0')).toBe('limit: printfPrecision');
      expect(by('%10d')).toBe('         1');
      expect(by('%.10d')).toBe('0000000001');
      const data = { l: Array<string>(1_000).fill('x') };
      const ofEach = () =>
        render(tested, '{{printf "%100s" .l}}', data, { limits: { outputBytes: 1_000, steps: 1_000 } });
      // To pad them all first would take more steps than there are.
      expect(outcome(ofEach)).toBe('limit: outputBytes');
    },
    {
      'widths without a limit': {
        file: 'format/printf.js',
        find: 'if (number !== undefined && number > this.limits.limits[limit])',
        replace: "if (number !== undefined && limit !== 'printfWidth' && number > this.limits.limits[limit])",
      },
      'precisions without a limit': {
        file: 'format/printf.js',
        find: 'if (number !== undefined && number > this.limits.limits[limit])',
        replace:
          "if (number !== undefined && limit !== 'printfPrecision' && number > this.limits.limits[limit])",
      },
      'padding that is measured once all is padded': {
        file: 'format/formatter.js',
        find: 'this.characters += characters;',
        replace: '',
      },
    },
  );

  // Strings that double in a loop: 40 turns make a terabyte. Bounded while they are made, not when they
  // are printed, because a template need not print them.
  protects(
    'a variable that doubles stops at the limit of the output',
    engine,
    (tested) => {
      const limits = { outputBytes: 1_000 };
      const grown = (value: string, first: string) => {
        const source = `{{$x := ${first}}}{{range 12}}{{$x = ${value}}}{{end}}{{len $x}}`;
        return outcome(() => render(tested, source, {}, { limits }));
      };
      expect(grown('print $x $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('println $x $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('printf "%s%s" $x $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('printf "%[1]s%[1]s" $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('js $x', '`\\`')).toBe('limit: outputBytes');
      expect(grown('html $x $x', '"<"')).toBe('limit: outputBytes');
      expect(grown('urlquery $x $x', '"%"')).toBe('limit: outputBytes');
      expect(grown('printf "%q" $x', '`\\`')).toBe('limit: outputBytes');
      expect(grown('printf "%x" $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('print $x $x', '"\\xff"')).toBe('limit: outputBytes');
      expect(grown('print 1i $x $x', '"\\xff"')).toBe('limit: outputBytes');
      const many = () =>
        render(
          tested,
          `{{len (print${' .a'.repeat(1_000)})}}`,
          { a: 'x'.repeat(100) },
          { limits: { ...limits, steps: 3_000 } },
        );
      // To put them all together first would take more steps than there are.
      expect(outcome(many)).toBe('limit: outputBytes');
    },
    {
      'functions that nobody measures': {
        file: 'builtins/printing.js',
        find: 'if (size > rendering.limits.outputBytes)',
        replace: 'if (false)',
      },
      'operands that are measured once they are together': {
        file: 'format/print.js',
        find: 'this.size += sizeOf(shown);',
        replace: '',
      },
    },
  );

  // Joins in a loop: each turn copies all that the turns before made, or walks all of a list, so that a
  // text of 100 KB costs gigabytes of copies (join filters, `+=` on what is not a rope).
  const REPEATED: Record<string, string> = {
    'a text that grows': '{{$x := ""}}{{range 1000}}{{$x = print $x "a"}}{{end}}',
    'a list that is joined': '{{range .l}}{{if print $.l}}{{end}}{{end}}',
    'a list that is copied': '{{range .l}}{{if slice $.l 1}}{{end}}{{end}}',
    'a text that is walked': '{{range .l}}{{if len $.a}}{{end}}{{end}}',
    'texts that are compared': '{{range .l}}{{if eq $.a $.b}}{{end}}{{end}}',
  };
  protects(
    'quadratic joins: whoever repeats work pays for it every time',
    engine,
    (tested) => {
      const a = 'x'.repeat(5_000);
      const data = { l: Array<string>(300).fill(''), a, b: `${a.slice(1)}y` };
      // Enough for whatever is done once, and for turns that do nothing.
      const enough = { once: { steps: 700 }, forAll: { steps: 20_000 } };
      for (const [what, source] of Object.entries(REPEATED)) {
        const once = source.replaceAll(/range (?:1000|\.l)/g, 'range 1');
        expect(
          outcome(() => render(tested, once, data, { limits: enough.once })),
          what,
        ).toBe('');
        expect(
          outcome(() => render(tested, source, data, { limits: enough.forAll })),
          what,
        ).toBe('limit: steps');
      }
    },
    {
      'texts that cost nothing to make': {
        file: 'builtins/printing.js',
        find: 'rendering.chargeText(size, call.node);',
        replace: '',
      },
      'lists that cost nothing to join': {
        file: 'format/formatter.js',
        find: 'this.charge(ELEMENT_COST * (1 + items.length));',
        replace: '',
      },
      'lists that cost nothing to copy': {
        file: 'builtins/slicing.js',
        find: 'rendering.charge(end - start, call.node);',
        replace: '',
      },
      'texts that cost nothing to walk': {
        file: 'builtins/collections.js',
        find: 'rendering.chargeText(sizeOf(text), call.node);',
        replace: '',
      },
      'texts that cost nothing to compare': {
        file: 'builtins/comparison.js',
        find: 'rendering.chargeText(a.length, call.node);',
        replace: '',
      },
    },
  );

  protects(
    'quadratic joins: pieces are put together once, not one by one',
    engine,
    (tested) => {
      const a = 'x'.repeat(20_000);
      for (const [source, length] of [
        ['{{range 5000}}{{"\\xff"}}{{end}}', 5_000],
        [`{{print .a${' "\\xff"'.repeat(5_000)}}}`, 25_000],
      ] as const) {
        const template = tested.load(tested.compile(source, { name: 't' }));
        expectWithin(120, source.slice(0, 20), () => expect(template.render({ a })).toHaveLength(length));
      }
    },
    {
      'output that is put together at every piece': {
        file: 'render/rendering.js',
        find: 'this.pieces.push(text);',
        replace: 'this.pieces = [joinText([...this.pieces, text])];',
      },
      'texts that are put together at every piece': {
        file: 'values/string-builder.js',
        find: 'this.pieces.push(this.text, piece);',
        replace: 'this.pieces = [concatenate([...this.pieces, this.text, piece])];',
      },
    },
  );

  // Templates that include themselves: Handlebars partials and Nunjucks blocks overflow the stack, which
  // ends the process or leaves it in any state.
  protects(
    'cyclic blocks: templates that call themselves end at the depth that is allowed',
    engine,
    (tested) => {
      const limits = { templateDepth: 50, steps: 10_000 };
      for (const source of [
        '{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}',
        '{{define "a"}}{{template "b"}}{{end}}{{define "b"}}{{template "a"}}{{end}}{{template "a"}}',
        '{{block "a" .}}{{block "b" .}}{{template "a" .}}{{end}}{{end}}',
        '{{template "t" .}}',
        '{{define "a"}}{{range 2}}{{with 1}}{{if .}}{{template "a"}}{{end}}{{end}}{{end}}{{end}}{{template "a"}}',
      ]) {
        expect(outcome(() => render(tested, source, {}, { limits }))).toBe('limit: templateDepth');
      }
    },
    {
      'calls that nobody counts': {
        file: 'render/run.js',
        find: 'if (callers.length >= rendering.limits.templateDepth)',
        replace: 'if (false)',
      },
    },
  );
});
