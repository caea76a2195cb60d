import type { JsonObject, JsonValue } from '../json.js';
import { Complex } from '../values/complex.js';
import { Integer } from '../values/integer.js';
import { sortedKeys } from '../values/keys.js';
import { concatenate, type GoString, RawString, sizeOf } from '../values/raw-string.js';
import { typeName, type Value } from '../values/value.js';
import { formatComplex } from './complex.js';
import { costOfFloat, type FloatForm, formatFloat, printFloat } from './float.js';
import { formatInteger, type IntegerForm } from './integer.js';
import { pad } from './pad.js';
import { type Charge, type FormatLimits, PLAIN, type Spec } from './spec.js';
import { costOfText, formatRawText, formatText, type TextForm } from './text.js';

/** Float verbs, and the precision each has unless given another; undefined is as many digits as needed. */
const FLOAT_FORMS: ReadonlyMap<string, { form: FloatForm; precision: number | undefined }> = new Map([
  ['v', { form: 'g', precision: undefined }],
  ['b', { form: 'b', precision: undefined }],
  ['g', { form: 'g', precision: undefined }],
  ['G', { form: 'G', precision: undefined }],
  ['x', { form: 'x', precision: undefined }],
  ['X', { form: 'X', precision: undefined }],
  ['e', { form: 'e', precision: 6 }],
  ['E', { form: 'E', precision: 6 }],
  ['f', { form: 'f', precision: 6 }],
  ['F', { form: 'f', precision: 6 }],
]);
const INTEGER_FORMS: ReadonlySet<string> = new Set<IntegerForm>([
  'b',
  'c',
  'd',
  'o',
  'O',
  'q',
  'U',
  'v',
  'x',
  'X',
]);
const TEXT_FORMS: ReadonlySet<string> = new Set<TextForm>(['q', 's', 'v', 'x', 'X']);
const NIL = '<nil>';

/** What a value costs beside the characters that it is shown in, in characters; measured. */
const ELEMENT_COST = 8;
const INTEGER_COST = 16;
const BAD_VERB_COST = 32;

/** Anything but a string that is not UTF-8, which no array or object holds. */
type Printable = Exclude<Value, RawString>;

/**
 * @returns what `%v` shows of a value that needs no formatter: nothing in it can exceed a limit.
 *   Undefined for the others
 */
export function printScalar(value: Value): GoString | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return printFloat(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Integer) return value.asText;
  return value instanceof RawString ? value : undefined;
}

/** Shows values in the words of Go's fmt. One formatter makes one text, and bounds its size. */
export class Formatter {
  private readonly limits: FormatLimits;
  private readonly charge: Charge;
  private characters = 0;

  constructor(limits: FormatLimits) {
    this.limits = limits;
    this.charge = limits.charge;
  }

  /** @returns what `%v` shows */
  print(value: Value): GoString {
    return this.format(value, PLAIN);
  }

  /** @returns the value under a verb, or Go's `%!verb(type=value)` if the verb is not for it */
  format(value: Value, spec: Spec): GoString {
    return value instanceof RawString ? this.formatRaw(value, spec) : this.formatOther(value, spec);
  }

  private formatRaw(value: RawString, spec: Spec): GoString {
    if (spec.verb === 'T') return this.spend(formatText(typeName(value), 's', spec));
    const isForText = TEXT_FORMS.has(spec.verb);
    this.charge(costOfText(value, isForText ? (spec.verb as TextForm) : 'v', spec));
    const shown = formatRawText(value, isForText ? (spec.verb as TextForm) : 'v', spec);
    this.spend('', sizeOf(shown));
    return isForText ? shown : concatenate([`%!${spec.verb}(${typeName(value)}=`, shown, ')']);
  }

  private formatOther(value: Printable, spec: Spec): string {
    if (value === null || value === undefined) {
      const isShown = spec.verb === 'v' || spec.verb === 'T';
      return this.spend(isShown ? pad(NIL, spec) : `%!${spec.verb}(${NIL})`);
    }
    if (spec.verb === 'T') return this.spend(formatText(typeName(value), 's', spec));
    if (spec.verb === 'p' || spec.verb === 'w') return this.badVerb(value, spec, 0);
    return this.formatAt(value, spec, 0);
  }

  private formatAt(value: Printable, spec: Spec, depth: number): string {
    if (typeof value === 'string') {
      if (spec === PLAIN) return this.spend(value);
      if (!TEXT_FORMS.has(spec.verb)) return this.badVerb(value, spec, depth);
      this.announceText(value, spec);
      return this.spend(formatText(value, spec.verb as TextForm, spec));
    }
    if (typeof value === 'number') {
      if (spec === PLAIN) return this.spend(printFloat(value));
      const form = FLOAT_FORMS.get(spec.verb);
      if (form === undefined) return this.badVerb(value, spec, depth);
      const precision = spec.precision ?? form.precision;
      this.charge(costOfFloat(value, form.form, precision, spec));
      return this.spend(formatFloat(value, form.form, precision, spec));
    }
    if (typeof value === 'boolean') {
      if (spec.verb !== 't' && spec.verb !== 'v') return this.badVerb(value, spec, depth);
      return this.spend(pad(String(value), spec));
    }
    if (value === null || value === undefined) {
      return this.spend(spec.asSource ? 'interface {}(nil)' : NIL);
    }
    if (value instanceof Integer) {
      if (!INTEGER_FORMS.has(spec.verb)) return this.badVerb(value, spec, depth);
      this.charge(INTEGER_COST);
      return this.spend(formatInteger(value, spec.verb as IntegerForm, spec));
    }
    if (value instanceof Complex) {
      const form = FLOAT_FORMS.get(spec.verb);
      if (form === undefined) return this.badVerb(value, spec, depth);
      const precision = spec.precision ?? form.precision;
      this.charge(costOfFloat(value.realPart, form.form, precision, spec));
      this.charge(costOfFloat(value.imaginaryPart, form.form, precision, spec));
      return this.spend(formatComplex(value, form.form, precision, spec));
    }
    if (depth >= this.limits.limits.valueDepth) this.limits.exceeded('valueDepth');
    return Array.isArray(value)
      ? this.formatArray(value, spec, depth)
      : this.formatObject(value as JsonObject, spec, depth);
  }

  private formatArray(items: readonly JsonValue[], spec: Spec, depth: number): string {
    let text = spec.asSource ? `${typeName(items)}{` : '[';
    const separator = spec.asSource ? ', ' : ' ';
    this.spend('', text.length + 1 + separator.length * Math.max(items.length - 1, 0));
    this.charge(ELEMENT_COST * (1 + items.length));
    for (let i = 0; i < items.length; i++) {
      text += (i > 0 ? separator : '') + this.formatAt(items[i], spec, depth + 1);
    }
    return text + (spec.asSource ? '}' : ']');
  }

  private formatObject(object: JsonObject, spec: Spec, depth: number): string {
    let text = spec.asSource ? `${typeName(object)}{` : 'map[';
    const separator = spec.asSource ? ', ' : ' ';
    const keys = sortedKeys(object, this.charge);
    this.spend('', text.length + 1 + keys.length + separator.length * Math.max(keys.length - 1, 0));
    this.charge(2 * ELEMENT_COST * (1 + keys.length));
    for (const [i, key] of keys.entries()) {
      const value = this.formatAt(object[key], spec, depth + 1);
      text += `${i > 0 ? separator : ''}${this.formatAt(key, spec, depth + 1)}:${value}`;
    }
    return text + (spec.asSource ? '}' : ']');
  }

  private badVerb(value: Printable, spec: Spec, depth: number): string {
    this.charge(BAD_VERB_COST);
    const shown = this.formatAt(value, { ...spec, verb: 'v' }, depth);
    const words = `%!${spec.verb}(${typeName(value)}=${shown})`;
    return this.spend(words, words.length - shown.length);
  }

  /** What is too long before it is even quoted need not be looked into. */
  private announceText(text: string, spec: Spec): void {
    if (spec.precision === undefined && text.length > this.limits.limits.outputBytes) {
      this.limits.exceeded('outputBytes');
    }
    this.charge(costOfText(text, spec.verb as TextForm, spec));
  }

  /** Every piece of text passes here: what is made is bounded while it is made. */
  private spend(text: string, characters = text.length): string {
    this.characters += characters;
    if (this.characters > this.limits.limits.outputBytes) this.limits.exceeded('outputBytes');
    return text;
  }
}
