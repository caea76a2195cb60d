import { expect, test } from 'vitest';
import { newPerson, newPrompt, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const LETTER = 'Dear {{.name}},\n\nthank you.\n\nYours,\nSupport\n';
const SHORTER = 'Dear {{.name}},\n\nthanks.\n\nYours,\nSupport';

const { server, client, admin } = await startWithAdmin();
const promptId = (await newPrompt(client, admin)).id;
await newVersion(client, admin.token, promptId, LETTER);
await newVersion(client, admin.token, promptId, SHORTER);
for (const [number, tag] of [
  [1, 'old'],
  [2, 'diff'],
]) {
  const path = `/v1/prompts/${promptId}/versions/${number}/tags`;
  await client('POST', path, { token: admin.token, body: { tag } });
}

const diff = (query: string, id = promptId) =>
  client('GET', `/v1/prompts/${id}/versions/diff${query}`, { token: admin.token });

test('two versions are compared as GNU diff -u does, by number or tag', async () => {
  const changes = [
    '--- v1',
    '+++ v2',
    '@@ -1,6 +1,6 @@',
    ' Dear {{.name}},',
    ' ',
    '-thank you.',
    '+thanks.',
    ' ',
    ' Yours,',
    '-Support',
    '+Support',
    '\\ No newline at end of file',
    '',
  ].join('\n');
  for (const query of ['?from=1&to=2', '?from=old&to=2', '?to=diff&from=old']) {
    expect(await diff(query)).toMatchObject({
      status: 200,
      json: {
        from_version: 1,
        to_version: 2,
        from_template: LETTER,
        to_template: SHORTER,
        diff: changes,
      },
    });
  }
});

test('the files are named v1 and v2 whatever the versions', async () => {
  const { json } = await diff('?from=2&to=1');
  expect(json).toMatchObject({ from_version: 2, to_version: 1 });
  expect(json.diff).toMatch(/^--- v1\n\+\+\+ v2\n/);
});

test('a version and itself differ in nothing', async () => {
  expect(await diff('?from=1&to=old')).toMatchObject({
    status: 200,
    json: { from_version: 1, to_version: 1, diff: '' },
  });
});

test.each([
  ['', 400, 'from and to query parameters are required'],
  ['?from=1', 400, 'from and to query parameters are required'],
  ['?to=1', 400, 'from and to query parameters are required'],
  ['?from=&to=1', 400, 'from and to query parameters are required'],
  ['?from=0&to=1', 400, 'invalid from version'],
  ['?from=a%20b&to=0', 400, 'invalid from version'],
  ['?from=1&from=2&to=1', 400, 'invalid from version'],
  ['?from=1&to=-1.x%00', 400, 'invalid to version'],
  ['?from=1&to=99999999999', 400, 'invalid to version'],
  ['?from=9&to=8', 404, 'from version not found'],
  ['?from=none&to=1', 404, 'from version not found'],
  ['?from=1&to=9', 404, 'to version not found'],
])('of %s it says %i %s', async (query, status, error) => {
  expect(await diff(query)).toMatchObject({ status, json: { error } });
});

test('prompts that are not there, or not mine, have no diff', async () => {
  const stranger = await newPerson(server, client);
  const NO_PROMPT = { status: 404, json: { error: 'prompt not found' } };
  expect(await diff('?from=1&to=2', crypto.randomUUID())).toMatchObject(NO_PROMPT);
  expect(await client('GET', `/v1/prompts/${promptId}/versions/diff?from=1&to=2`, stranger)).toMatchObject(
    NO_PROMPT,
  );
  expect(await diff('?from=1&to=2', 'junk')).toMatchObject({
    status: 400,
    json: { error: 'invalid prompt id' },
  });
});
