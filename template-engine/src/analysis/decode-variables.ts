import { MAX_PATH_LENGTH, MAX_VARIABLES, type TemplateVariable } from './template-variable.js';

const USES = ['printed', 'tested', 'ranged', 'compared', 'optional'] as const;
const KEYS: ReadonlySet<string> = new Set(['path', ...USES]);

/**
 * Reads back the variables that a program carries.
 *
 * @param fail ends the reading; `path` is the way from `value` to what is wrong: `[3].printed`, or empty
 */
export function decodeVariables(
  value: unknown,
  fail: (path: string, problem: string) => never,
): readonly TemplateVariable[] {
  if (!Array.isArray(value)) return fail('', 'must be a list');
  if (value.length > MAX_VARIABLES) return fail('', `must not hold more than ${MAX_VARIABLES} entries`);
  return Array.from<unknown, TemplateVariable>(value, (entry, index) =>
    decodeVariable(entry, `[${index}]`, fail),
  );
}

function decodeVariable(
  value: unknown,
  path: string,
  fail: (path: string, problem: string) => never,
): TemplateVariable {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(path, 'must be an object');
  const entry = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(entry).find((key) => !KEYS.has(key));
  if (unknown !== undefined) return fail(`${path}.${unknown}`, 'is not known');
  const own = (key: string): unknown => (Object.hasOwn(entry, key) ? entry[key] : undefined);
  const flag = (key: (typeof USES)[number]): boolean => {
    const use = own(key);
    return typeof use === 'boolean' ? use : fail(`${path}.${key}`, 'must be a boolean');
  };
  const name = own('path');
  if (typeof name !== 'string') return fail(`${path}.path`, 'must be a string');
  if (name.length > MAX_PATH_LENGTH)
    return fail(`${path}.path`, `must not be longer than ${MAX_PATH_LENGTH}`);
  return {
    path: name,
    printed: flag('printed'),
    tested: flag('tested'),
    ranged: flag('ranged'),
    compared: flag('compared'),
    optional: flag('optional'),
  };
}
