import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { routesOf } from '#http/api-document.js';
import { describedApi } from './described-api.js';

const document = await describedApi();

/** They refuse nobody, and have nothing to find fault with. */
const NEVER_REFUSE = ['GET /v1/health', 'GET /v1/health/ready', 'DELETE /v1/auth/session'];

test('a linter of OpenAPI documents finds neither error nor warning', async () => {
  const problems = await lintFromString({
    source: JSON.stringify(document),
    config: await createConfig({ extends: ['recommended'] }),
  });
  const found = problems
    .map(({ ruleId, severity, message, location }) => ({
      ruleId,
      severity,
      message,
      pointer: location.map(({ pointer }) => pointer).join(' '),
    }))
    .filter(({ ruleId, pointer }) => ruleId !== 'operation-4xx-response' || !isOf(NEVER_REFUSE, pointer));
  expect(found).toEqual([]);
});

test('each part of the API that a route is of is described', () => {
  const described = new Set(document.tags.map(({ name }) => name));
  for (const { name, operation } of routesOf(document)) {
    expect(operation.tags, name).toHaveLength(1);
    expect(described, name).toContain(operation.tags[0]);
  }
});

test('routes that refuse nobody are no more than those', () => {
  const without4xx = routesOf(document)
    .filter(({ operation }) => !Object.keys(operation.responses).some((status) => status.startsWith('4')))
    .map(({ name }) => name);
  expect(without4xx.sort()).toEqual([...NEVER_REFUSE].sort());
});

/** @param pointer such as `#/paths/~1v1~1health/get/responses` */
function isOf(routes: readonly string[], pointer: string): boolean {
  return routes.some((route) => {
    const [method = '', path = ''] = route.split(' ');
    return pointer.startsWith(`#/paths/${path.replaceAll('/', '~1')}/${method.toLowerCase()}/`);
  });
}
