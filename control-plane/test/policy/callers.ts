import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createApiKey } from '@px0/contract';
import { hashPassword } from '#accounts/password.js';
import { newAddress, newPrompt, newVersion, PASSWORD } from '../cast.js';
import type { Client } from '../documented-client.js';
import type { RunningControlPlane } from '../running-control-plane.js';

/** Who calls, seen from the team `Support` of one organization, which the things of each row belong to. */
export const CALLERS = [
  'anonymous',
  'unverified editor',
  'viewer',
  'editor',
  'team admin',
  'org admin',
  'member of another team',
  'org admin elsewhere',
  'is_admin elsewhere',
  'read_render key of the team',
  'all key of the team',
  'admin key of the team',
  'read_render key of all teams',
  'all key of all teams',
  'admin key of all teams',
  'read_render key of another team',
  'all key of another team',
  'admin key of another team',
  'read_render key elsewhere',
  'all key elsewhere',
  'admin key elsewhere',
  'revoked read_render key',
  'revoked all key',
  'revoked admin key',
] as const;
export type CallerName = (typeof CALLERS)[number];

/** An organization with somebody in every relation to it. The org admin and one stranger are is_admin. */
export interface Cast {
  readonly orgId: string;
  readonly defaultTeamId: string;
  /** `Support`. */
  readonly teamId: string;
  /** `Sales`, of the same organization. */
  readonly otherTeamId: string;
  /** Of the strangers. */
  readonly orgIdElsewhere: string;
  readonly teamIdElsewhere: string;
  readonly tokens: Readonly<Record<CallerName, string | undefined>>;
  /** Of those who are users. */
  readonly userIds: Readonly<Partial<Record<CallerName, string>>>;
  /** Of those who are users. */
  readonly emails: Readonly<Partial<Record<CallerName, string>>>;
}

/** What one call of a row may be about, made for it alone, in the team `Support`. */
export interface Target {
  readonly promptId: string;
  /** Its version 1 is tagged `tagged`. */
  readonly slug: string;
  readonly keyId: string;
  /** A team of the same organization, with the members of `Support` and in the reach of its keys. */
  readonly teamId: string;
  /** A viewer of `Support` and of the target's team. */
  readonly memberId: string;
  /** Somebody of the organization's team `Sales` alone. */
  readonly colleagueId: string;
  /** A request of a stranger to join `Support`. */
  readonly joinRequestId: string;
  readonly payloadId: string;
}

const USERS: readonly [CallerName, isAdmin: boolean][] = [
  ['unverified editor', false],
  ['viewer', false],
  ['editor', false],
  ['team admin', false],
  ['org admin', true],
  ['member of another team', false],
  ['org admin elsewhere', false],
  ['is_admin elsewhere', true],
];

export async function newCast(server: RunningControlPlane): Promise<Cast> {
  const orgId = await newOrganization(server);
  const orgIdElsewhere = await newOrganization(server);
  const defaultTeamId = await newTeam(server, orgId, 'Default Team');
  const teamId = await newTeam(server, orgId, 'Support');
  const otherTeamId = await newTeam(server, orgId, 'Sales');
  const teamIdElsewhere = await newTeam(server, orgIdElsewhere, 'Default Team');

  const tokens: Partial<Record<CallerName, string | undefined>> = { anonymous: undefined };
  const userIds: Partial<Record<CallerName, string>> = {};
  const emails: Partial<Record<CallerName, string>> = {};
  for (const [name, isAdmin] of USERS) {
    const email = newAddress();
    const userId = await newUser(server, email, { isAdmin, isVerified: name !== 'unverified editor' });
    emails[name] = email;
    userIds[name] = userId;
    tokens[name] = await newSession(server, userId);
  }
  const memberships: [CallerName, string, string][] = [
    ['unverified editor', teamId, 'editor'],
    ['viewer', teamId, 'viewer'],
    ['editor', teamId, 'editor'],
    ['team admin', teamId, 'admin'],
    ['org admin', defaultTeamId, 'admin'],
    ['member of another team', otherTeamId, 'admin'],
    ['org admin elsewhere', teamIdElsewhere, 'admin'],
    ['is_admin elsewhere', teamIdElsewhere, 'admin'],
  ];
  for (const [name, team, role] of memberships) await join(server, team, userIds[name], role);

  const keys: [CallerName, string, string, readonly string[]][] = [
    ['read_render key of the team', orgId, 'read_render', [teamId]],
    ['all key of the team', orgId, 'all', [teamId]],
    ['admin key of the team', orgId, 'admin', [teamId]],
    ['read_render key of all teams', orgId, 'read_render', []],
    ['all key of all teams', orgId, 'all', []],
    ['admin key of all teams', orgId, 'admin', []],
    ['read_render key of another team', orgId, 'read_render', [otherTeamId]],
    ['all key of another team', orgId, 'all', [otherTeamId]],
    ['admin key of another team', orgId, 'admin', [otherTeamId]],
    ['read_render key elsewhere', orgIdElsewhere, 'read_render', []],
    ['all key elsewhere', orgIdElsewhere, 'all', []],
    ['admin key elsewhere', orgIdElsewhere, 'admin', []],
    ['revoked read_render key', orgId, 'read_render', []],
    ['revoked all key', orgId, 'all', [teamId]],
    ['revoked admin key', orgId, 'admin', []],
  ];
  for (const [name, org, operation, teams] of keys) {
    const { id, key } = await newKey(server, { orgId: org, operation, teamIds: teams });
    tokens[name] = key;
    if (name.startsWith('revoked')) await server.sql('delete from api_keys where id = $1', [id]);
  }
  return {
    orgId,
    defaultTeamId,
    teamId,
    otherTeamId,
    orgIdElsewhere,
    teamIdElsewhere,
    tokens: tokens as Cast['tokens'],
    userIds,
    emails,
  };
}

/** @param promotions how often version 1 has been promoted */
export async function newTarget(
  server: RunningControlPlane,
  client: Client,
  cast: Cast,
  promotions = 0,
): Promise<Target> {
  const token = cast.tokens['org admin'] ?? '';
  const { id: promptId, slug } = await newPrompt(client, { token, teamId: cast.teamId });
  await newVersion(client, token, promptId);
  await server.sql(`insert into version_tags (prompt_id, version, tag) values ($1, 1, 'tagged')`, [promptId]);
  for (let steps = 0; steps < promotions; steps += 1) {
    await client('POST', `/v1/prompts/${promptId}/versions/1/promote`, { token });
  }
  const teamId = await newTeam(server, cast.orgId, `Team ${randomUUID()}`);
  // Of the cast alone: what earlier targets have left in `Support` grows with the number of rows.
  await server.sql(
    `insert into team_members (team_id, user_id, role)
     select $1, user_id, role from team_members where team_id = $2 and user_id = any($3::uuid[])`,
    [teamId, cast.teamId, Object.values(cast.userIds)],
  );
  await server.sql(
    `insert into api_key_teams (api_key_id, team_id)
     select api_key_id, $1 from api_key_teams join api_keys on api_keys.id = api_key_id
     where team_id = $2 and key_hash = any($3::bytea[])`,
    [teamId, cast.teamId, Object.values(cast.tokens).map((token) => sha256(token ?? ''))],
  );
  const memberId = await newUser(server, newAddress());
  await join(server, cast.teamId, memberId, 'viewer');
  await join(server, teamId, memberId, 'viewer');
  const colleagueId = await newUser(server, newAddress());
  await join(server, cast.otherTeamId, colleagueId, 'viewer');
  const asking = await newUser(server, newAddress());
  const joinRequestId = await idOf(
    server.sql('insert into join_requests (team_id, user_id) values ($1, $2) returning id', [
      cast.teamId,
      asking,
    ]),
  );
  const payloadId = await idOf(
    server.sql(`insert into payloads (prompt_id, variables) values ($1, '{"name": "Ada"}') returning id`, [
      promptId,
    ]),
  );
  const { id: keyId } = await newKey(server, {
    orgId: cast.orgId,
    operation: 'read_render',
    teamIds: [cast.teamId],
  });
  return { promptId, slug, keyId, teamId, memberId, colleagueId, joinRequestId, payloadId };
}

async function idOf(rows: Promise<unknown[]>): Promise<string> {
  const [row] = (await rows) as { id: string }[];
  return (row as { id: string }).id;
}

function newOrganization(server: RunningControlPlane): Promise<string> {
  return idOf(
    server.sql('insert into organizations (name) values ($1) returning id', [`Org ${randomUUID()}`]),
  );
}

function newTeam(server: RunningControlPlane, orgId: string, name: string): Promise<string> {
  return idOf(server.sql('insert into teams (org_id, name) values ($1, $2) returning id', [orgId, name]));
}

let passwordHash: Promise<string> | undefined;

/** A user with the password of all tests. */
export async function newUser(
  server: RunningControlPlane,
  email: string,
  { isAdmin = false, isVerified = true } = {},
): Promise<string> {
  passwordHash ??= hashPassword(PASSWORD);
  const hash = await passwordHash;
  return idOf(
    server.sql(
      'insert into users (email, password_hash, is_admin, is_verified) values ($1, $2, $3, $4) returning id',
      [email, hash, isAdmin, isVerified],
    ),
  );
}

export async function newSession(server: RunningControlPlane, userId: string): Promise<string> {
  const token = `sess_${randomBytes(32).toString('base64url')}`;
  await server.sql(
    `insert into sessions (token_hash, user_id, expires_at) values ($1, $2, now() + interval '1 hour')`,
    [sha256(token), userId],
  );
  return token;
}

async function newKey(
  server: RunningControlPlane,
  { orgId, operation, teamIds }: { orgId: string; operation: string; teamIds: readonly string[] },
): Promise<{ id: string; key: string }> {
  const key = createApiKey();
  const id = await idOf(
    server.sql(
      `insert into api_keys (org_id, name, key_hash, operation, all_teams) values ($1, 'a key', $2, $3, $4) returning id`,
      [orgId, sha256(key), operation, teamIds.length === 0],
    ),
  );
  await server.sql('insert into api_key_teams (api_key_id, team_id) select $1, unnest($2::uuid[])', [
    id,
    teamIds,
  ]);
  return { id, key };
}

function join(
  server: RunningControlPlane,
  teamId: string,
  userId: string | undefined,
  role: string,
): Promise<unknown[]> {
  return server.sql('insert into team_members (team_id, user_id, role) values ($1, $2, $3)', [
    teamId,
    userId,
    role,
  ]);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
