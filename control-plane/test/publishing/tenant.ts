import { randomBytes } from 'node:crypto';
import { decodeDocument, documentKey } from '@px0/contract';
import type { Redis } from 'ioredis';
import pg from 'pg';

/** Rows as the API would write them, and what the feed in Redis holds of them. */
export class Tenant {
  readonly #client: pg.Client;
  orgId = '';
  teamId = '';

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async create(databaseUrl: string): Promise<Tenant> {
    const client = new pg.Client({ connectionString: databaseUrl });
    // Tests take the database away under it.
    client.on('error', () => {});
    await client.connect();
    const tenant = new Tenant(client);
    tenant.orgId = await tenant.#id(`insert into organizations (name) values ('Org') returning id`);
    tenant.teamId = await tenant.#id(`insert into teams (org_id, name) values ($1, 'Team') returning id`, [
      tenant.orgId,
    ]);
    return tenant;
  }

  query(text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
    return this.#client.query(text, [...values]);
  }

  async prompt(slug: string): Promise<string> {
    return this.#id(
      'insert into prompts (team_id, org_id, slug, name) values ($1, $2, $3::text, $3::text) returning id',
      [this.teamId, this.orgId, slug],
    );
  }

  async version(promptId: string, version: number, template: string, status = 'draft'): Promise<void> {
    await this.query('insert into versions (prompt_id, version, template, status) values ($1, $2, $3, $4)', [
      promptId,
      version,
      template,
      status,
    ]);
  }

  /** Makes this version the live one, and the one that was live stable. */
  async promote(promptId: string, version: number): Promise<void> {
    await this.query('begin');
    await this.query(`update versions set status = 'stable' where prompt_id = $1 and status = 'live'`, [
      promptId,
    ]);
    await this.query(`update versions set status = 'live' where prompt_id = $1 and version = $2`, [
      promptId,
      version,
    ]);
    await this.query('commit');
  }

  /** @returns the document key of a new API key */
  async apiKey(teamIds: readonly string[] | null = null): Promise<string> {
    const hash = randomBytes(32);
    const id = await this.#id(
      `insert into api_keys (org_id, name, key_hash, operation, all_teams)
       values ($1, 'key', $2, 'read_render', $3) returning id`,
      [this.orgId, hash, teamIds === null],
    );
    for (const teamId of teamIds ?? []) {
      await this.query('insert into api_key_teams (api_key_id, team_id) values ($1, $2)', [id, teamId]);
    }
    return documentKey.key(hash.toString('hex'));
  }

  async notes(): Promise<number> {
    const { rows } = await this.query('select count(*)::integer as count from outbox');
    return rows[0].count;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #id(text: string, values: readonly unknown[] = []): Promise<string> {
    return (await this.query(text, values)).rows[0].id;
  }
}

/** The whole feed as it stands in Redis, read by its layout and not by the gateway's reader. */
export async function feedIn(redis: Redis, prefix: string) {
  const { epoch, revision } = await redis.hgetall(`${prefix}:feed:head`);
  const stored = epoch === undefined ? {} : await redis.hgetall(`${prefix}:feed:${epoch}:documents`);
  const documents = new Map(
    Object.entries(stored).map(([key, text]) => [
      key,
      decodeDocument(key, text.slice(text.indexOf(':') + 1)),
    ]),
  );
  return { epoch, revision: Number(revision), documents };
}
