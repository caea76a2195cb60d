import { createApiKey, hashApiKey, type KeyUse, type KeyUseCollector } from '@px0/contract';
import { createTestDatabase, startGateway, testRedis, until } from '@px0/test-bed';
import pg from 'pg';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KeyUses } from '#api-keys/key-uses.js';
import { Database, type Queries } from '#database/database.js';
import { newPerson, newPrompt, newVersion } from './cast.js';
import { documentedClient } from './documented-client.js';
import { startControlPlane } from './running-control-plane.js';

const HOUSES = {
  Redis: () => testRedis(),
  Postgres: () => undefined,
};

test.each(['Redis', 'Postgres'] as const)(
  'uses on a gateway and on two control planes are one write of the key, told through %s',
  { timeout: 60_000 },
  async (house) => {
    const redis = HOUSES[house]();
    const env = redis && { REDIS_URL: redis.url, PX0_REDIS_PREFIX: redis.prefix };
    const first = await startControlPlane(env);
    const second = await startControlPlane(env, first);
    const gateway = await startGateway({ databaseUrl: first.databaseUrl, ...(redis && { redis }) });
    onTestFinished(async () => {
      await gateway.stop();
      await second.close();
      await first.close();
    });
    const client = await documentedClient(first.url);
    const admin = await newPerson(first, client);
    const { id, slug } = await newPrompt(client, admin);
    await newVersion(client, admin.token, id, 'Hello');
    for (const _ of [1, 2]) {
      await client('POST', `/v1/prompts/${id}/versions/1/promote`, { token: admin.token });
    }
    const newKey = async (name: string) =>
      (await client('POST', '/v1/api-keys', { token: admin.token, body: { name, org_id: admin.orgId } }))
        .json as {
        id: string;
        key: string;
      };
    const [everywhere, onGateway, unused] = [await newKey('1'), await newKey('2'), await newKey('3')];
    await first.sql('create table writes (key_id uuid)');
    await first.sql('create table notes (document_key text)');
    await first.sql(`create function count_write() returns trigger language plpgsql as $$ begin
      insert into writes values (new.id); return null; end $$`);
    await first.sql(`create function count_note() returns trigger language plpgsql as $$ begin
      insert into notes values (new.document_key); return null; end $$`);
    await first.sql(
      'create trigger count_write after update on api_keys for each row execute function count_write()',
    );
    await first.sql(
      'create trigger count_note after insert on outbox for each row execute function count_note()',
    );

    const render = async (key: string) => {
      const response = await fetch(`${gateway.url}/v1/prompts/${slug}/render`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: '{}',
      });
      await response.body?.cancel();
      return response.status;
    };
    await until('the gateway has heard of it', async () =>
      (await render(everywhere.key)) === 200 ? true : undefined,
    );
    const started = Date.now();
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => [
        await render(everywhere.key),
        (
          await fetch(`${(index % 2 === 0 ? first : second).url}/v1/prompts`, {
            headers: { authorization: `Bearer ${everywhere.key}` },
          })
        ).status,
      ]),
    );
    expect(new Set(statuses.flat())).toEqual(new Set([200]));
    expect(await render(onGateway.key)).toBe(200);

    const lastUses = async () => {
      const { json } = await client('GET', `/v1/api-keys?org_id=${admin.orgId}`, { token: admin.token });
      return Object.fromEntries(
        json.api_keys.map((key: { id: string; last_used_at: string | null }) => [key.id, key.last_used_at]),
      ) as Record<string, string | null>;
    };
    // The thread tells every 5 s, and a control plane looks every 5 s.
    const told = await until(
      'the gateway has told',
      async () => (await lastUses())[onGateway.id] ?? undefined,
      20_000,
    );
    expect(Date.parse(told)).toBeGreaterThanOrEqual(started);
    const { [everywhere.id]: used, [unused.id]: never } = await lastUses();
    expect(Date.parse(used ?? '')).toBeGreaterThan(started - 10_000);
    expect(never).toBeNull();
    const writes = await first.sql('select key_id, count(*)::int from writes group by key_id order by 2, 1');
    expect(writes).toEqual([everywhere.id, onGateway.id].sort().map((key_id) => ({ key_id, count: 1 })));
    // Nothing that a gateway would have to hear of.
    expect(await first.sql('select * from notes')).toEqual([]);
    expect(first.log() + second.log()).not.toMatch(/"level":[456]0/);
  },
);

/** Time that passes when the test says. */
class HeldClock {
  time = 1_750_000_000_000;
  readonly #timers: { run: () => void; at: number }[] = [];
  now = () => this.time;
  setTimeout = (run: () => void, delay: number) => {
    const timer = { run, at: this.time + delay };
    this.#timers.push(timer);
    return timer;
  };
  clearTimeout = (timer: unknown) => {
    const index = this.#timers.indexOf(timer as { run: () => void; at: number });
    if (index >= 0) this.#timers.splice(index, 1);
  };
  /** Lets milliseconds pass, and what was due in them happen. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.#timers.toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > end) break;
      this.clearTimeout(next);
      this.time = next.at;
      next.run();
      await until('the turn is over', async () => (this.#timers.length > 0 ? true : undefined));
    }
    this.time = end;
  }
}

describe('what is noted', () => {
  async function bed(): Promise<{
    keyUses: KeyUses;
    clock: HeldClock;
    keys: string[];
    lastUse(id: string): Promise<number | undefined>;
    statements(): number;
    reported: KeyUse[];
    breakDatabase(isBroken: boolean): void;
    warnings(): number;
  }> {
    const postgres = await createTestDatabase();
    const pool = new pg.Pool({ connectionString: postgres.url, max: 1 });
    const database = new Database(postgres.url, pino({ level: 'silent' }));
    const clock = new HeldClock();
    const reported: KeyUse[] = [];
    const collector: KeyUseCollector = { take: async () => reported.splice(0), close: async () => {} };
    let statements = 0;
    let isBroken = false;
    const queries: Queries = {
      query: (statement, values) => {
        statements += 1;
        return isBroken ? database.query('select nothing from nowhere') : database.query(statement, values);
      },
    };
    let warnings = 0;
    const count = () => {
      warnings += 1;
    };
    const log = pino({ level: 'warn' }, { write: count });
    const keyUses = new KeyUses({ queries, collector, log, clock });
    const { rows } = await pool.query<{ id: string }>(
      `with org as (insert into organizations (name) values ('x') returning id)
       insert into api_keys (org_id, name, key_hash, operation, all_teams)
       select org.id, 'k', decode(hash, 'hex'), 'all', true from org, unnest($1::text[]) as hash returning id`,
      [Array.from({ length: 3 }, () => hashApiKey(createApiKey()))],
    );
    onTestFinished(async () => {
      await keyUses.close();
      await database.close();
      await pool.end();
      await postgres.drop();
    });
    return {
      keyUses,
      clock,
      keys: rows.map(({ id }) => id),
      lastUse: async (id) => {
        const result = await pool.query<{ at: Date | null }>(
          'select last_used_at as at from api_keys where id = $1',
          [id],
        );
        return result.rows[0]?.at?.getTime();
      },
      statements: () => statements,
      reported,
      breakDatabase: (broken) => {
        isBroken = broken;
      },
      warnings: () => warnings,
    };
  }

  test('is written 200 ms after a quiet time, many keys in one statement, and each once a minute', async () => {
    const { keyUses, clock, keys, lastUse, statements } = await bed();
    const [one = '', other = '', third = ''] = keys;
    keyUses.start();
    await clock.pass(60_000);
    expect(statements()).toBe(0);
    const start = clock.time;
    keyUses.note(one);
    keyUses.note(other);
    await clock.pass(100);
    keyUses.note(one);
    await clock.pass(100);
    expect(statements()).toBe(1);
    expect([await lastUse(one), await lastUse(other)]).toEqual([start + 100, start]);
    keyUses.note(third);
    await clock.pass(4_999);
    expect(statements()).toBe(1);
    await clock.pass(1);
    expect(statements()).toBe(2);
    expect(await lastUse(third)).toBe(start + 200);
    for (let second = 0; second < 54; second += 1) {
      keyUses.note(one);
      await clock.pass(1_000);
    }
    expect(await lastUse(one)).toBe(start + 100);
    await clock.pass(60_000);
    keyUses.note(one);
    await clock.pass(5_000);
    expect(await lastUse(one)).toBeGreaterThan(start + 60_000);
  });

  test('together with what gateways report, whose clocks are not believed when they are ahead', async () => {
    const { keyUses, clock, keys, lastUse, reported } = await bed();
    const [one = '', other = ''] = keys;
    keyUses.start();
    reported.push({ id: one, at: clock.time - 3_000 }, { id: other, at: clock.time + 3_600_000 });
    reported.push({ id: 'no id at all', at: clock.time }, { id: crypto.randomUUID(), at: clock.time });
    await clock.pass(5_000);
    expect(await lastUse(one)).toBe(clock.time - 8_000);
    expect(await lastUse(other)).toBe(clock.time);
  });

  test('is written when it ends, and once more when it failed', async () => {
    const { keyUses, clock, keys, lastUse, breakDatabase, warnings } = await bed();
    const [one = ''] = keys;
    const start = clock.time;
    keyUses.note(one);
    breakDatabase(true);
    await clock.pass(11_000);
    expect([await lastUse(one), warnings()]).toEqual([undefined, 1]);
    breakDatabase(false);
    await keyUses.close();
    expect(await lastUse(one)).toBe(start);
  });
});
