import { expect, test } from 'vitest';
import { startForFile } from '../control-plane-of-file.js';
import type { Call } from '../documented-client.js';
import { CALLERS, type CallerName, newCast, newTarget, type Target } from './callers.js';
import type { Row } from './row.js';
import { accountRows } from './rows/accounts.js';
import { apiKeyRows } from './rows/api-keys.js';
import { auditLogRows } from './rows/audit-log.js';
import { documentRows } from './rows/documents.js';
import { joinRequestRows } from './rows/join-requests.js';
import { memberRows } from './rows/members.js';
import { organizationRows } from './rows/organizations.js';
import { payloadRows } from './rows/payloads.js';
import { promptRows } from './rows/prompts.js';
import { renderingRows } from './rows/rendering.js';
import { teamRows } from './rows/teams.js';
import { versionRows } from './rows/versions.js';

/** Who may do what, written down: every route × every caller. The policy is held to this, not this to the policy. */
const MATRIX = {
  ...documentRows,
  ...accountRows,
  ...organizationRows,
  ...teamRows,
  ...memberRows,
  ...joinRequestRows,
  ...apiKeyRows,
  ...auditLogRows,
  ...promptRows,
  ...versionRows,
  ...payloadRows,
  ...renderingRows,
};

const { server, client } = await startForFile();
const shared = await newCast(server);

test('every route that is served has its rows', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const served = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(Object.keys(MATRIX).sort()).toEqual(served.filter((route) => !route.startsWith('HEAD ')).sort());
  const rows = Object.values(MATRIX).flat().length;
  process.stdout.write(
    `${served.length} routes, ${rows} rows × ${CALLERS.length} callers = ${rows * CALLERS.length} cells\n`,
  );
});

const CASES = Object.entries(MATRIX).flatMap(([route, rows]) =>
  rows.map((row, index) => ({ route, row, name: rows.length > 1 ? `${route} (${index + 1})` : route })),
);

test.each(CASES)('$name answers each caller as it may', { timeout: 60_000 }, async ({ route, row }) => {
  const expected = row.statuses.split(/ +/);
  expect(expected).toHaveLength(CALLERS.length);
  const statusFor = askingFor(route, row);
  const answered: string[] = [];
  for (const [index, caller] of CALLERS.entries()) {
    answered.push(String(await statusFor(caller, expected[index] ?? '')));
  }
  expect(namedStatuses(answered)).toEqual(namedStatuses(expected));
});

function askingFor(route: string, row: Row): (caller: CallerName, expected: string) => Promise<number> {
  const [method = '', template = ''] = route.split(' ');
  /** Of the shared cast, and as it was made: a call that is refused, or only reads, leaves it so. */
  let untouched: Target | undefined;

  return async (caller, expected) => {
    const cast = row.spoils && expected.startsWith('2') ? await newCast(server) : shared;
    const kept = cast === shared ? untouched : undefined;
    const target = kept ?? (await newTarget(server, client, cast, row.promotions));
    const scene = { ...target, cast, caller };
    const call: Call = { token: cast.tokens[caller], ...(row.body && { body: row.body(scene) }) };
    const { status, json } = await client(method, row.path?.(scene) ?? template, call);
    if (status === 404) expect(JSON.stringify(json)).not.toContain(target.promptId);
    untouched = cast === shared && (status >= 300 || method === 'GET') ? target : undefined;
    return status;
  };
}

function namedStatuses(statuses: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(CALLERS.map((caller, index) => [caller, statuses[index]]));
}
