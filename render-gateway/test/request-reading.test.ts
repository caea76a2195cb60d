import { createApiKey } from '@px0/contract';
import { describe, expect, test } from 'vitest';
import { apiKeyOf, isBearer } from '#render/credential.js';
import { readRequestBody } from '#render/request-body.js';
import { readTarget } from '#render/target.js';

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('a body', () => {
  const none = { variables: {}, missing: undefined };
  test.each<[string, unknown]>([
    ['{}', none],
    [' {\n} ', none],
    ['{"variables":{}}', none],
    ['{"variables":{"a":[1,{"b":null}]}}', { variables: { a: [1, { b: null }] }, missing: undefined }],
    ['{"variables":{"a":1},"missing":"zero"}', { variables: { a: 1 }, missing: 'zero' }],
    ['{"variables":{"a":1,"a":2}}', { variables: { a: 2 }, missing: undefined }],
    ['{"variables":{"name":"Zoë 🦊"}}', { variables: { name: 'Zoë 🦊' }, missing: undefined }],
    ['{"something":"else"}', none],
  ])('%s is read', (text, input) => {
    expect(readRequestBody(Buffer.from(text))).toEqual({ input, text });
  });

  test.each<[string | Buffer, string]>([
    ['', 'invalidBody'],
    ['{', 'invalidBody'],
    ['null', 'invalidBody'],
    ['[]', 'invalidBody'],
    ['"text"', 'invalidBody'],
    ['{} {}', 'invalidBody'],
    ["{'variables':{}}", 'invalidBody'],
    ['\ufeff{}', 'invalidBody'],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'invalidBody'],
    ['{"missing":"never"}', 'invalidBody'],
    ['{"missing":null}', 'invalidBody'],
    ['{"missing":"toString"}', 'invalidBody'],
    ['{"variables":null}', 'invalidVariables'],
    ['{"variables":[]}', 'invalidVariables'],
    ['{"variables":"x"}', 'invalidVariables'],
    ['{"variables":3}', 'invalidVariables'],
  ])('%s is refused', (body, code) => {
    expect(readRequestBody(Buffer.from(body as string))).toMatchObject({ refused: { code } });
  });

  test.each<[string | Buffer, string, number]>([
    ['{"variables":{"a":1}', 'unexpected end', 20],
    ['{"variables":{"a":oops}}', 'unexpected character', 18],
    ['{"variables":{"a":1e999}}', 'number out of range', 18],
    [`{"variables":${'['.repeat(20_000)}`, 'nested too deeply', 13 + 9_999],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'invalid UTF-8', 2],
  ])('%.40s is refused with what is wrong and where', (body, reason, offset) => {
    expect(readRequestBody(Buffer.from(body as string))).toEqual({
      refused: { code: 'invalidBody', fields: { reason, offset, line: 1, column: offset + 1 } },
    });
  });

  test.each(['', 'null', '[]', '{"missing":"never"}'])('%s has no place that is wrong', (text) => {
    expect(readRequestBody(Buffer.from(text))).toEqual({ refused: { code: 'invalidBody' } });
  });

  test('a key named __proto__ is data like any other', () => {
    const { input } = readRequestBody(Buffer.from('{"variables":{"__proto__":{"polluted":true}}}'));
    expect(Object.getPrototypeOf(input?.variables)).toBe(Object.prototype);
    expect(Object.hasOwn(input?.variables ?? {}, '__proto__')).toBe(true);
  });
});

describe('a path and query', () => {
  test.each<[string, string, unknown]>([
    ['/v1/prompts/greet/render', '', { slugOrId: 'greet' }],
    ['/v1/prompts/gr%C3%BC%C3%9F/render', '', { slugOrId: 'grüß' }],
    ['/v1/prompts/greet/versions/2/render', '', { slugOrId: 'greet', version: '2' }],
    ['/v1/prompts/greet/versions/v1.0/render', '', { slugOrId: 'greet', version: 'v1.0' }],
    ['/v1/prompts/versions/render', '', { slugOrId: 'versions' }],
    ['/v1/prompts/greet/render', `team_id=${ID}`, { slugOrId: 'greet', teamId: ID }],
    ['/v1/prompts/greet/render', `a=b&team_id=${ID.toUpperCase()}`, { slugOrId: 'greet', teamId: ID }],
    ['/v1/prompts/greet/render', 'team_id=', { slugOrId: 'greet' }],
    ['/v1/prompts/greet/render', 'team_id=junk', { code: 'invalidId' }],
    ['/v1/prompts/%ff/render', '', { code: 'promptNotFound' }],
    ['/v1/prompts/greet/versions/%zz/render', '', { code: 'versionNotFound' }],
  ])('%s ? %s', (path, query, target) => {
    expect(readTarget(path, query)).toEqual(target);
  });
});

describe('a credential', () => {
  const key = createApiKey();
  test.each([
    ['Authorization', `Bearer ${key}`, ''],
    ['Authorization, scheme in another case', `bearer ${key}`, ''],
    ['Authorization, before X-API-Key', `Bearer ${key}`, createApiKey()],
    ['X-API-Key', '', key],
    ['X-API-Key, beside another scheme of Authorization', 'Basic dTpw', key],
  ])('is read from %s', (_where, authorization, apiKey) => {
    expect(apiKeyOf(isBearer(authorization) ? authorization : apiKey)).toBe(key);
  });

  test.each([
    ['nothing', ''],
    ['a session', 'Bearer sess_abcdefghijklmnopqrstuvwxyz'],
    ['another scheme', 'Basic dTpw'],
    ['a key without a scheme', key],
    ['a key with a wrong letter', `Bearer ${key.slice(0, 10)}${key[10] === 'x' ? 'y' : 'x'}${key.slice(11)}`],
    ['a cut-off key', `Bearer ${key.slice(0, -1)}`],
    ['two keys', `Bearer ${key} ${key}`],
  ])('cannot be %s', (_what, authorization) => {
    expect(apiKeyOf(isBearer(authorization) ? authorization : '')).toBeUndefined();
  });
});
