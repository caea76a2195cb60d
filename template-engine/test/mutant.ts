import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

export type Engine = typeof import('#index.js');

/** One change that makes the built engine wrong. */
export interface Change {
  /** Within dist. */
  readonly file: string;
  /** Occurs once in the file. */
  readonly find: string;
  readonly replace: string;
}

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** Copies what ships to a folder, with the change. @returns the URL of the copy's index */
export async function copyEngine(folder: string, change?: Change): Promise<string> {
  const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith('.js'));
  const folders = new Set(files.map((file) => dirname(join(folder, file))));
  await Promise.all([...folders].map((inside) => mkdir(inside, { recursive: true })));
  await Promise.all(files.map((file) => copyFile(join(dist, file), join(folder, file))));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  if (change !== undefined) {
    const path = join(folder, change.file);
    const parts = (await readFile(path, 'utf8')).split(change.find);
    if (parts.length !== 2) {
      throw new Error(`${change.file} holds ${parts.length - 1} times, not once: ${change.find}`);
    }
    await writeFile(path, parts.join(change.replace));
  }
  return pathToFileURL(join(folder, 'index.js')).href;
}

/** Runs `use` with an engine of its own that is wrong in one way: a copy of what ships, changed. */
export async function withMutant<T>(change: Change, use: (engine: Engine) => T | Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'px0-mutant-'));
  try {
    // Vitest leaves what stands in such a folder to Node.
    const url = await copyEngine(join(folder, 'node_modules', 'engine'), change);
    const engine = (await import(url)) as Engine;
    // Whatever the change broke, it is still an engine: what fails next fails for the change's sake.
    expect(engine.load(engine.compile('Hi {{.name}}!', { name: 't' })).render({ name: 'Ada' })).toBe(
      'Hi Ada!',
    );
    return await use(engine);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * A test of a protection of the engine, and one for each way to lose it: that the first would notice.
 *
 * @param check fails for an engine without the protection
 */
export function protects(
  name: string,
  real: Engine,
  check: (engine: Engine) => void,
  changes: Readonly<Record<string, Change>>,
): void {
  it(name, () => check(real));
  for (const [change, mutant] of Object.entries(changes)) {
    it(`${name} — and an engine with ${change} is noticed`, async () => {
      await withMutant(mutant, (engine) => {
        const noticed = noticedBy(() => check(engine));
        // A change that names what is not there would be noticed by any test.
        expect(noticed).not.toBeInstanceOf(ReferenceError);
      });
    });
  }
}

/** @returns what the check threw */
function noticedBy(check: () => void): unknown {
  try {
    check();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was noticed');
}

const GUARDED = {
  Object,
  Array,
  String,
  Function,
  Number,
  Boolean,
  Map,
  Set,
  WeakMap,
  Symbol,
  RegExp,
  Error,
};

/** What the built-in classes and their prototypes hold, to be compared with what they hold later. */
export class Prototypes {
  private readonly before = contents();

  /** @returns names of what was changed, added or taken away since */
  changed(): string[] {
    const now = contents();
    const names = new Set([...this.before.keys(), ...now.keys()]);
    return [...names].filter(
      (name) => this.before.has(name) !== now.has(name) || !Object.is(this.before.get(name), now.get(name)),
    );
  }
}

function contents(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, guarded] of Object.entries(GUARDED)) {
    found.set(`parent of ${name}`, Object.getPrototypeOf(guarded.prototype));
    for (const [place, holder] of [
      [name, guarded],
      [`${name}.prototype`, guarded.prototype],
    ] as const) {
      for (const key of Reflect.ownKeys(holder)) {
        const property = Object.getOwnPropertyDescriptor(holder, key);
        found.set(`${place}.${String(key)}`, property?.get ?? property?.value);
        found.set(`setter of ${place}.${String(key)}`, property?.set);
      }
    }
  }
  return found;
}
