import type { Complex } from '../values/complex.js';
import { type FloatForm, formatFloat } from './float.js';
import type { Spec } from './spec.js';

/** @returns `(1+2i)`; flags, width and precision hold for each part, and the second always has a sign */
export function formatComplex(
  { realPart, imaginaryPart }: Complex,
  form: FloatForm,
  precision: number | undefined,
  spec: Spec,
): string {
  const real = formatFloat(realPart, form, precision, spec);
  const imaginary = formatFloat(imaginaryPart, form, precision, { ...spec, plus: true });
  return `(${real}${imaginary}i)`;
}
