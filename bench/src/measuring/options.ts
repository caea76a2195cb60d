/** @throws {RangeError} for text that is no whole number above 0 */
export function aboveZero(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${option} must be a whole number above 0`);
  return value;
}

/**
 * @returns the names that a list with commas holds, in the order of those that there are
 * @throws {RangeError} for a name that there is not
 */
export function chosen<Name extends string>(option: string, text: string, names: readonly Name[]): Name[] {
  const asked = text.split(',');
  const unknown = asked.find((name) => !names.some((known) => known === name));
  if (unknown !== undefined) throw new RangeError(`--${option}: "${unknown}" is none of ${names.join(', ')}`);
  return names.filter((name) => asked.includes(name));
}
