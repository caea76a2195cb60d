import { readFile } from 'node:fs/promises';
import { PARTS, type Parts } from './parts.js';

type Room = '@px0/control-plane' | '@px0/render-gateway';

/** Where the part stands that a mutant replaces. */
const HOMES = {
  Publisher: ['@px0/control-plane', 'publishing/publisher.js'],
  FeedFollower: ['@px0/render-gateway', 'feed/feed-follower.js'],
  DocumentCache: ['@px0/render-gateway', 'documents/document-cache.js'],
  Evictions: ['@px0/render-gateway', 'documents/evictions.js'],
  LookUpDesk: ['@px0/render-gateway', 'documents/look-up-desk.js'],
  Renderer: ['@px0/render-gateway', 'render/renderer.js'],
  ReportDesk: ['@px0/render-gateway', 'reports/report-desk.js'],
} as const satisfies Partial<Record<keyof Parts, readonly [Room, string]>>;

/** A fault that somebody could make, as a change of one line of what ships. */
export interface Mutant {
  /** Of a history that finds it; as the simulation changes, of one not long before. */
  readonly seed: number;
  readonly part: keyof typeof HOMES;
  /** The built file that holds the line. */
  readonly file: string;
  /** Stands in the file once. */
  readonly right: string;
  readonly wrong: string;
}

/** Faults that the simulation must find. The store's missing fence is one more: see StoreRules. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'the follower ignores what a message goes on from': {
    seed: 11,
    part: 'FeedFollower',
    file: 'feed/follower-states.js',
    right: 'message.documents !== undefined && message.previous <= position.revision',
    wrong: 'message.documents !== undefined',
  },
  'the follower applies messages of the past': {
    seed: 2,
    part: 'FeedFollower',
    file: 'feed/follower-states.js',
    right: `if (isPast(message, position))
        return 'known';`,
    wrong: '',
  },
  'the follower does not replay what it kept while it read': {
    seed: 197,
    part: 'FeedFollower',
    file: 'feed/follower-states.js',
    right: "synced: to('following', 'hear', 'replay')",
    wrong: "synced: to('following', 'hear')",
  },
  'the follower forgets to sweep after reading everything': {
    seed: 9,
    part: 'FeedFollower',
    file: 'feed/feed-follower.js',
    right: 'const gone = this.#store.finishSweep(head.revision);',
    wrong: 'const gone = [];',
  },
  'the follower does not read the log of the time in which it read everything': {
    seed: 10,
    part: 'FeedFollower',
    file: 'feed/feed-reading.js',
    right: 'const reading = await reader.readSince(head);',
    wrong: 'const reading = { head: (await reader.head()) ?? head, documents: [] };',
  },
  'the follower goes back to an older copy': {
    seed: 37,
    part: 'FeedFollower',
    file: 'feed/feed-reading.js',
    right: 'head === undefined || isPast(head, position)',
    wrong: 'head === undefined',
  },
  'the follower bears any silence': {
    seed: 9,
    part: 'FeedFollower',
    file: 'feed/feed-follower.js',
    right: "this.#schedule('silence', SILENCE_LIMIT);",
    wrong: '',
  },
  'the follower believes absences that it has not followed': {
    seed: 9,
    part: 'FeedFollower',
    file: 'feed/feed-follower.js',
    right: "this.#store.vouchForAbsences(next === 'following');",
    wrong: 'this.#store.vouchForAbsences(true);',
  },
  'a look-up believes an older copy': {
    seed: 77,
    part: 'FeedFollower',
    file: 'feed/lookups.js',
    right: 'found === undefined || before.some((head) => isPast(found.head, head))',
    wrong: 'found === undefined',
  },
  'a look-up changes what is held without a word': {
    seed: 13888,
    part: 'FeedFollower',
    file: 'feed/lookups.js',
    right: '&& !store.knows(document.key)',
    wrong: '',
  },
  'word that a document is of no use counts after a newer one': {
    seed: 19,
    part: 'FeedFollower',
    file: 'feed/document-store.js',
    right: 'if (revision < (held?.since ?? this.#absent.peek(key)?.revision ?? 0))',
    wrong: 'if (false)',
  },
  'a gateway reports what it was told, and not what its threads have applied': {
    seed: 5,
    part: 'ReportDesk',
    file: 'reports/report-desk.js',
    right: 'Math.min(head.revision, below - 1, ...applied)',
    wrong: 'Math.min(head.revision, below - 1)',
  },
  'a thread is not told of documents that were let go': {
    seed: 2082,
    part: 'Evictions',
    file: 'documents/evictions.js',
    right: 'this.#tell(keys);',
    wrong: '',
  },
  'a thread does not hear of changes of what it knows to be absent': {
    seed: 2,
    part: 'DocumentCache',
    file: 'documents/document-cache.js',
    right: 'return this.#held.has(key) || this.#absent.has(key);',
    wrong: 'return this.#held.has(key);',
  },
  'a request goes on before its thread has taken in all of a message, and remembers a way that it closes': {
    seed: 3,
    part: 'Renderer',
    file: 'render/renderer.js',
    right: 'awaited.push(key);',
    wrong: 'this.#desk.settle(key, true);',
  },
  'a thread remembers ways that changes have closed': {
    seed: 18,
    part: 'Renderer',
    file: 'render/renderer.js',
    right: `apply(changed) {
        this.#routes.forget();`,
    wrong: 'apply(changed) {',
  },
  'the publisher settles what the feed has refused': {
    seed: 3044,
    part: 'Publisher',
    file: 'publishing/publisher.js',
    right: `if (result === 'diverged')
                return 'examining';
            head = result;`,
    wrong: "if (result !== 'diverged') head = result;",
  },
  'the publisher goes on with an older copy': {
    seed: 448,
    part: 'Publisher',
    file: 'publishing/publisher-position.js',
    right: 'head.revision < state.confirmed',
    wrong: 'false',
  },
  'the publisher does not see that the database is an older copy': {
    seed: 15,
    part: 'Publisher',
    file: 'publishing/publisher-position.js',
    right: 'head.revision > state.reserved',
    wrong: 'false',
  },
  'the publisher begins an epoch above what the database remembers only': {
    seed: 15,
    part: 'Publisher',
    file: 'publishing/publisher-position.js',
    right: 'Math.max(seen + 1, Math.floor(now))',
    wrong: 'state.reserved + 1',
  },
  'the publisher does not see that database and feed were restored together': {
    seed: 147,
    part: 'Publisher',
    file: 'publishing/publisher-position.js',
    right: 'state.server === state.serverNow',
    wrong: 'true',
  },
  'the publisher believes what it remembers although another was at work since': {
    seed: 2319,
    part: 'Publisher',
    file: 'publishing/publisher-position.js',
    right: 'own.head.revision === head.revision && own.isLatest',
    wrong: 'own.head.revision === head.revision',
  },
  'the publisher does not ring when it has nothing to say': {
    seed: 9,
    part: 'Publisher',
    file: 'publishing/publisher.js',
    right: 'if (!(await this.#options.writer.ring(this.#standing())))',
    wrong: 'if (false)',
  },
};

/** @returns the parts, one of them with its fault */
export async function partsWith(mutant: Mutant): Promise<Parts> {
  const [room, entry] = HOMES[mutant.part];
  const room_ = new URL('.', import.meta.resolve(room));
  const changed = await mutate(new URL(entry, room_), new URL(mutant.file, room_), mutant);
  if (!changed.isMutant) throw new Error(`${entry} does not use ${mutant.file}`);
  const module = (await import(changed.url)) as Partial<Parts>;
  return { ...PARTS, [mutant.part]: module[mutant.part] };
}

/** A module as it can be imported, with all files of its room in it. */
async function mutate(
  file: URL,
  target: URL,
  mutant: Mutant,
  done = new Map<string, Promise<{ url: string; isMutant: boolean }>>(),
): Promise<{ readonly url: string; readonly isMutant: boolean }> {
  const known = done.get(file.href);
  if (known !== undefined) return known;
  const work = (async () => {
    let text = await readFile(file, 'utf8');
    let isMutant = file.href === target.href;
    if (isMutant) {
      if (text.split(mutant.right).length !== 2) throw new Error(`${mutant.file} holds no such line once`);
      text = text.replace(mutant.right, () => mutant.wrong);
    }
    const urls = new Map<string, string>();
    for (const [, specifier = ''] of text.matchAll(/^(?:import|export|\}) .*?from '([^']+)';$/gm)) {
      if (specifier.startsWith('node:')) continue;
      if (!specifier.startsWith('.')) {
        urls.set(specifier, import.meta.resolve(specifier));
        continue;
      }
      const part = await mutate(new URL(specifier, file), target, mutant, done);
      urls.set(specifier, part.url);
      isMutant ||= part.isMutant;
    }
    // What the fault does not reach stays what everybody else uses.
    if (!isMutant) return { url: file.href, isMutant };
    text = text.replaceAll(/from '([^']+)';$/gm, (found, name: string) => {
      const url = urls.get(name);
      return url === undefined ? found : `from '${url}';`;
    });
    text = text.replace(/^\/\/# sourceMappingURL.*$/m, '');
    return { url: `data:text/javascript,${encodeURIComponent(text).replaceAll("'", '%27')}`, isMutant };
  })();
  done.set(file.href, work);
  return work;
}
