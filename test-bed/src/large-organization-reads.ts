import type { LargeOrganization } from './large-organization.js';

/** One way to call a route that reads, and what makes it worth a look. */
export interface Read {
  /** Of all reads, no two have the same. */
  readonly what: string;
  readonly path: string;
  readonly token?: string;
  /** Absent: 200. */
  readonly status?: number;
  /** What is read is the last page: `next_cursor` is followed to it first. */
  readonly toLastPage?: true;
}

type Variants = Readonly<Record<string, string | Partial<Read>>>;

/**
 * How each GET route of the control plane is read in a large organization: as it usually is, and as it
 * costs most. Keys are as {@link routeKey} makes them.
 */
export function readsOf(organization: LargeOrganization): ReadonlyMap<string, readonly Read[]> {
  const { orgId, teamId, promptId, slug, commonSlug, payloadId, tag, versionsOfPrompt, actorId, tokens } =
    organization;
  const prompts: Variants = {
    'the first page': '',
    'the last page': { path: '', toLastPage: true },
    '50 for a viewer of many teams': { path: '?limit=50', token: tokens.viewer },
    '50 for a key': { path: '?limit=50', token: tokens.key },
    'archived ones': '?archived=true',
    'one found by its slug': `?q=${slug}`,
    'a page found by a word': '?q=refunds',
    '50 found by two letters': '?q=an&limit=50',
    'none found': '?q=nothing_like_it',
    'none found by two letters': '?q=zz',
  };
  const keys: Variants = {
    'all of them': '',
    'the last page of 50': { path: '&limit=50', toLastPage: true },
    'those of a member': { path: '', token: tokens.viewer },
  };
  const table: Record<string, readonly [path: string, Variants]> = {
    '/v1/health': ['/v1/health', { alone: '' }],
    '/v1/health/ready': ['/v1/health/ready', { alone: '' }],
    '/v1/auth/verify-email': [
      '/v1/auth/verify-email',
      { 'of nobody': '?email=nobody@example.com', 'of somebody': '?email=member-7@example.com' },
    ],
    '/v1/auth/me': ['/v1/auth/me', { alone: '' }],
    '/v1/me/orgs': ['/v1/me/orgs', { 'of a member of all teams': { path: '', token: tokens.viewer } }],
    '/v1/me/teams': ['/v1/me/teams', { 'of a member of all teams': { path: '', token: tokens.viewer } }],
    '/v1/me/inbox': [
      '/v1/me/inbox',
      { 'of the org admin': '', 'the last page': { path: '?limit=100', toLastPage: true } },
    ],
    '/v1/orgs/{}/people': [
      `/v1/orgs/${orgId}/people`,
      { 'ten of them': '', 'the last page of 100': '?page=10&limit=100' },
    ],
    '/v1/orgs/{}/teams': [`/v1/orgs/${orgId}/teams`, { 'all of them': '' }],
    '/v1/orgs/{}/audit-log': [
      `/v1/orgs/${orgId}/audit-log`,
      {
        'the first page': '',
        '200 of them': '?limit=200',
        'the last page': { path: '?limit=200', toLastPage: true },
        'of an actor': `?limit=200&actor_id=${actorId}`,
        'of an action': '?limit=200&action=versions.create',
        'of an action that never was': '?limit=200&action=prompts.move',
        'of an actor and an action that never was': `?limit=200&actor_id=${actorId}&action=prompts.move`,
        'of a kind of target that never was': '?limit=200&target_type=tag',
        'of a prompt': `?limit=200&target_type=prompt&target_id=${promptId}`,
        'of an id alone': `?limit=200&target_id=${promptId}`,
        'of a time long ago': '?limit=200&until=2000-01-01T00:00:00Z',
        'of an actor since yesterday': `?limit=200&actor_id=${actorId}&since=${yesterday()}`,
      },
    ],
    '/v1/teams/{}/members': [
      `/v1/teams/${teamId}/members`,
      { 'ten of them': '', 'the last page of 100': '?page=10&limit=100' },
    ],
    '/v1/teams/{}/prompts': [`/v1/teams/${teamId}/prompts`, prompts],
    '/v1/prompts': [
      `/v1/prompts?team_id=${teamId}`,
      { 'the first page': '', '50 found by a word': '&q=refunds&limit=50' },
    ],
    '/v1/prompts/{}': [
      '/v1/prompts',
      {
        'by id': `/${promptId}`,
        'by slug': `/${slug}`,
        'by slug, with a key': { path: `/${slug}`, token: tokens.key },
        'by slug, with a tag': { path: `/${slug}?tag=${tag}`, token: tokens.viewer },
        'by slug, with a version': `/${slug}?version=1`,
        'by a slug of every team': { path: `/${commonSlug}`, status: 409 },
        'by a slug of every team, in one': `/${commonSlug}?team_id=${teamId}`,
        'that is not there': { path: '/nothing_like_it', status: 404 },
      },
    ],
    '/v1/prompts/{}/versions': [
      `/v1/prompts/${promptId}/versions`,
      {
        'all of them': '',
        'the last page of 5': { path: '?limit=5', toLastPage: true },
        'of a status': '?status=stable',
        'of tags': `?tags=${tag},next`,
      },
    ],
    '/v1/prompts/{}/versions/{}': [
      `/v1/prompts/${promptId}/versions`,
      { 'by number': '/1', 'by tag': `/${tag}` },
    ],
    '/v1/prompts/{}/versions/diff': [
      `/v1/prompts/${promptId}/versions/diff`,
      { 'of the first and the last': `?from=1&to=${versionsOfPrompt}`, 'of tags': `?from=${tag}&to=next` },
    ],
    '/v1/prompts/{}/tags': [`/v1/prompts/${promptId}/tags`, { 'all of them': '' }],
    '/v1/prompts/{}/rollout': [`/v1/prompts/${promptId}/rollout`, { alone: '' }],
    '/v1/prompts/{}/payloads': [
      `/v1/prompts/${promptId}/payloads`,
      { 'all of them': '', 'the last page of 10': { path: '?limit=10', toLastPage: true } },
    ],
    '/v1/prompts/{}/payloads/{}': [`/v1/prompts/${promptId}/payloads/${payloadId}`, { alone: '' }],
    '/v1/api-keys': [`/v1/api-keys?org_id=${orgId}`, keys],
  };
  return new Map(
    Object.entries(table).map(([route, [start, variants]]) => [
      route,
      Object.entries(variants).map(([how, variant]) => {
        const { path = '', ...rest } = typeof variant === 'string' ? { path: variant } : variant;
        return { what: `${route}, ${how}`, token: tokens.orgAdmin, ...rest, path: start + path };
      }),
    ]),
  );
}

/** @returns a path of the OpenAPI document without the names of its parameters */
export function routeKey(path: string): string {
  return path.replace(/\{[^}]*\}/g, '{}');
}

function yesterday(): string {
  return new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString();
}
