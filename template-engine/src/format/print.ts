import { type GoString, isString, sizeOf } from '../values/raw-string.js';
import { StringBuilder } from '../values/string-builder.js';
import type { Value } from '../values/value.js';
import { Formatter, printScalar } from './formatter.js';
import type { FormatLimits } from './spec.js';

/** Go's Sprint: a space between two operands when neither is a string. */
export function print(args: readonly Value[], limits: FormatLimits): GoString {
  const printer = new Printer(limits);
  let wasString = true;
  for (const arg of args) {
    const isText = isString(arg);
    if (!isText && !wasString) printer.text.add(' ');
    printer.add(arg);
    wasString = isText;
  }
  return printer.text.finish();
}

/** Go's Sprintln: a space between all operands, and a new line. */
export function println(args: readonly Value[], limits: FormatLimits): GoString {
  const printer = new Printer(limits);
  for (const [i, arg] of args.entries()) {
    if (i > 0) printer.text.add(' ');
    printer.add(arg);
  }
  printer.text.add('\n');
  return printer.text.finish();
}

class Printer {
  readonly text = new StringBuilder();
  private readonly limits: FormatLimits;
  private formatter: Formatter | undefined;
  private size = 0;

  constructor(limits: FormatLimits) {
    this.limits = limits;
  }

  add(value: Value): void {
    const scalar = printScalar(value);
    const shown = scalar ?? this.print(value);
    // Thousands of long operands would be more than any string can hold before anybody measures it.
    this.size += sizeOf(shown);
    if (this.size > this.limits.limits.outputBytes) this.limits.exceeded('outputBytes');
    this.text.add(shown);
  }

  private print(value: Value): GoString {
    this.formatter ??= new Formatter(this.limits);
    return this.formatter.print(value);
  }
}
