import {
  decodeMessage,
  type FeedDocument,
  type FeedHead,
  type FeedReader,
  type FeedReading,
  type FeedSubscriber,
  type FeedSubscription,
  FeedUnavailableError,
  redisFeedLayout,
} from '@px0/contract';
import type { ChainableCommander, Redis } from 'ioredis';
import { openRedis, RedisConnection, unavailable } from './redis-connection.js';

/** Documents asked for in one command. */
const PAGE_SIZE = 200;
/** Tries of a look-up that finds the epoch changed under it. */
const EPOCH_TRIES = 3;

/**
 * The head, and if it is of the epoch ARGV[1] the documents of the keys from ARGV[3] on, each after its key. Of
 * the first ARGV[2] that lead on, in the way of `keyAhead`, what they lead to. One question instead of three.
 * What is no proper document leads nowhere, or too far: whoever reads it judges it.
 */
const LOOK_UP = `
local head = redis.call('HMGET', KEYS[1], 'epoch', 'revision')
if head[1] ~= ARGV[1] then return head end
local answer = { head[1], head[2] }
local function send(key, stored)
  answer[#answer + 1] = key
  answer[#answer + 1] = stored
end
local function after(key, stored)
  local kind = string.match(key, '^(%l+):')
  if kind ~= 'slug' and kind ~= 'prompt' then return nil end
  local isJson, document = pcall(cjson.decode, string.match(stored, '^%d+:(.*)$'))
  if not isJson or type(document) ~= 'table' then return nil end
  if kind == 'prompt' then
    if type(document.id) ~= 'string' or type(document.live) ~= 'number' then return nil end
    return 'version:' .. document.id .. ':' .. string.format('%.0f', document.live)
  end
  local prompts = document.prompts
  local only = type(prompts) == 'table' and #prompts == 1 and prompts[1]
  if type(only) ~= 'table' or type(only.prompt_id) ~= 'string' then return nil end
  return 'prompt:' .. only.prompt_id
end
local ahead = tonumber(ARGV[2])
local asked = redis.call('HMGET', KEYS[2], unpack(ARGV, 3))
for index, stored in ipairs(asked) do
  local key = ARGV[index + 2]
  if stored then send(key, stored) end
  local next = stored and ahead > 0 and after(key, stored)
  if next then ahead = ahead - 1 end
  while next do
    local found = redis.call('HGET', KEYS[2], next)
    if found then send(next, found) end
    next = found and after(next, found)
  end
end
return answer`;

/** The feed in Redis. */
export class RedisFeedReader implements FeedReader {
  readonly #url: string;
  readonly #layout: ReturnType<typeof redisFeedLayout>;
  readonly #connection: RedisConnection;
  /** The epoch seen last: a guess under which to look documents up in one step with the head. */
  #epoch = '';

  constructor(url: string, prefix: string) {
    this.#url = url;
    this.#layout = redisFeedLayout(prefix);
    this.#connection = new RedisConnection(url);
  }

  async subscribe(subscriber: FeedSubscriber): Promise<FeedSubscription> {
    let redis: Redis | undefined;
    try {
      redis = await openRedis(this.#url, 'px0-gateway-bell');
      let over = false;
      let reason = new Error('the connection was closed');
      const lose = () => {
        if (over) return;
        over = true;
        subscriber.lost(unavailable(reason));
      };
      redis.on('error', (error: Error) => {
        reason = error;
      });
      redis.on('message', (_channel: string, text: string) => {
        const message = decodeMessage(text);
        if (message !== undefined && !over) subscriber.message(message);
      });
      await redis.subscribe(this.#layout.bell(redis.options.db ?? 0));
      redis.on('close', lose);
      // Closed between the answer and the line above.
      if (redis.status !== 'ready') throw reason;
      const connection = redis;
      return {
        unsubscribe: async () => {
          over = true;
          connection.disconnect();
        },
      };
    } catch (cause) {
      redis?.disconnect();
      throw unavailable(cause);
    }
  }

  head(): Promise<FeedHead | undefined> {
    return this.#connection.use(async (redis) =>
      readHead(await redis.hmget(this.#layout.head, 'epoch', 'revision')),
    );
  }

  async readSince(from: FeedHead): Promise<FeedReading | undefined> {
    const [headReply, entries] = await this.#atHead<LogEntry[]>((multi) =>
      multi.xrange(this.#layout.log(from.epoch), `${from.revision}-1`, '+'),
    );
    const head = readHead(headReply);
    if (head === undefined || head.epoch !== from.epoch || head.revision < from.revision) return undefined;
    if (head.revision === from.revision) return { head, documents: [] };
    const log = entries.map(readLogEntry);
    const first = log[0];
    if (first === undefined || first.previous > from.revision) return undefined;
    const changed = new Map(log.map(({ key, revision }) => [key, revision]));
    const keys = [...changed.keys()];
    const documents: FeedDocument[] = [];
    for (let start = 0; start < keys.length; start += PAGE_SIZE) {
      const page = keys.slice(start, start + PAGE_SIZE);
      const [nowReply, bodies] = await this.#atHead<(string | null)[]>((multi) =>
        multi.hmget(this.#layout.documents(from.epoch), ...page),
      );
      const now = readHead(nowReply);
      // Under another epoch the documents of this one are gone, and an older copy has older ones: neither says
      // anything of what the log has told.
      if (now?.epoch !== from.epoch || now.revision < head.revision) return undefined;
      for (const [index, key] of page.entries()) {
        const revision = changed.get(key) ?? head.revision;
        documents.push(readDocument(key, bodies[index]) ?? { key, revision, body: null });
      }
    }
    return { head, documents: documents.sort((a, b) => a.revision - b.revision) };
  }

  async *readAll(epoch: string): AsyncGenerator<readonly FeedDocument[]> {
    let cursor = '0';
    do {
      const [next, fields] = await this.#connection.use((redis) =>
        redis.hscan(this.#layout.documents(epoch), cursor, 'COUNT', PAGE_SIZE),
      );
      yield readPairs(fields);
      cursor = next;
    } while (cursor !== '0');
  }

  async lookUp(keys: readonly string[], ahead = 0): Promise<FeedReading | undefined> {
    if (keys.length === 0) throw new RangeError('nothing to look up');
    for (let attempt = 0; attempt < EPOCH_TRIES; attempt++) {
      const epoch = this.#epoch;
      const [foundEpoch, revision, ...found] = await this.#connection.use(
        (redis) =>
          redis.eval(
            LOOK_UP,
            2,
            this.#layout.head,
            this.#layout.documents(epoch),
            epoch,
            ahead,
            ...keys,
          ) as Promise<(string | null)[]>,
      );
      const head = readHead([foundEpoch ?? null, revision ?? null]);
      if (head === undefined) return undefined;
      if (head.epoch === epoch) return { head, documents: readPairs(found) };
      this.#epoch = head.epoch;
    }
    throw new FeedUnavailableError('Redis: the epoch changes faster than it can be read');
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The head and a second reading, of one moment. */
  #atHead<T>(add: (multi: ChainableCommander) => ChainableCommander): Promise<[HeadReply, T]> {
    return this.#connection.use(async (redis) => {
      const replies = await add(redis.multi().hmget(this.#layout.head, 'epoch', 'revision')).exec();
      const [head, second] = replies ?? [];
      const error = head?.[0] ?? second?.[0];
      if (error) throw error;
      if (head === undefined || second === undefined) throw new Error('an incomplete answer');
      return [head[1] as HeadReply, second[1] as T];
    });
  }
}

type HeadReply = (string | null)[];
type LogEntry = [id: string, fields: string[]];

function readHead([epoch, revision]: HeadReply): FeedHead | undefined {
  if (typeof epoch !== 'string' || typeof revision !== 'string') return undefined;
  return { epoch, revision: Number(revision) };
}

function readLogEntry([id, fields]: LogEntry): { key: string; revision: number; previous: number } {
  const [, key = '', , previous] = fields;
  return { key, revision: Number(id.slice(0, id.indexOf('-'))), previous: Number(previous) };
}

function readDocument(key: string, stored: string | null | undefined): FeedDocument | undefined {
  if (stored === null || stored === undefined) return undefined;
  const end = stored.indexOf(':');
  return { key, revision: Number(stored.slice(0, end)), body: stored.slice(end + 1) };
}

/** @param pairs keys, each before what is stored under it */
function readPairs(pairs: readonly (string | null)[]): FeedDocument[] {
  const documents: FeedDocument[] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const document = readDocument(pairs[index] ?? '', pairs[index + 1]);
    if (document !== undefined) documents.push(document);
  }
  return documents;
}
