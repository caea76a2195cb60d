/** What each engine made of each template, by their names. */
export type Outputs = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Engines that render different bytes cannot be compared. */
export class OutputsDifferError extends Error {
  override name = 'OutputsDifferError';
}

/**
 * Compares every engine with the first one.
 *
 * @throws {OutputsDifferError} that shows the first place at which two texts part
 */
export function assertSameOutputs(outputs: Outputs): void {
  const [first, ...others] = outputs;
  if (first === undefined) return;
  const [firstName, firstTexts] = first;
  for (const [name, texts] of others) {
    for (const [template, text] of Object.entries(firstTexts)) {
      const other = texts[template] ?? '';
      if (other === text) continue;
      const at = partingPlace(text, other);
      const around = (whole: string) => JSON.stringify(whole.slice(Math.max(0, at - 20), at + 40));
      throw new OutputsDifferError(
        `the template ${template} differs at character ${at}: ` +
          `${firstName} renders ${around(text)}, ${name} renders ${around(other)}`,
      );
    }
  }
}

function partingPlace(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
}
