import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { auditor, type Entry } from './auditor.js';
import { join, logIn, newAddress, newKey, newPerson, newPrompt, newTeam, PASSWORD } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();
const { log, audited } = auditor(client, admin);

const byAdmin = () => ({ kind: 'user', id: admin.id, name: admin.email });

describe('a change is told with who, what, before, after, when and from where', () => {
  test('of a prompt', async () => {
    const made = await audited('POST', `/v1/teams/${admin.teamId}/prompts`, {
      body: { name: 'Greeting', description: 'says hello' },
    });
    const { id } = made.answer.json.prompt;
    const about = {
      actor: byAdmin(),
      target: { type: 'prompt', id, name: 'greeting' },
      team_id: admin.teamId,
      prompt_id: id,
    };
    expect(made.entries).toMatchObject([
      {
        ...about,
        action: 'prompts.create',
        operation: 'insert',
        before: null,
        after: {
          team_id: admin.teamId,
          name: 'Greeting',
          slug: 'greeting',
          description: 'says hello',
          status: 'active',
        },
      },
    ]);
    const described = await audited('PUT', `/v1/prompts/${id}`, { body: { description: 'says goodbye' } });
    expect(described.entries).toMatchObject([{ ...about, action: 'prompts.update', operation: 'update' }]);
    expect(described.entries[0]?.before).toEqual({ description: 'says hello' });
    expect(described.entries[0]?.after).toEqual({ description: 'says goodbye' });
    for (const [verb, before, after] of [
      ['archive', 'active', 'archived'],
      ['restore', 'archived', 'active'],
    ]) {
      const { entries } = await audited('POST', `/v1/prompts/${id}/${verb}`);
      expect(entries).toMatchObject([
        { ...about, action: `prompts.${verb}`, before: { status: before }, after: { status: after } },
      ]);
    }
    const other = await newTeam(server, admin.orgId, `Team ${randomUUID()}`);
    const moved = await audited('POST', `/v1/prompts/${id}/move`, { body: { team_id: other } });
    expect(moved.entries).toMatchObject([
      {
        ...about,
        team_id: other,
        action: 'prompts.move',
        before: { team_id: admin.teamId },
        after: { team_id: other },
      },
    ]);
  });

  test('of a prompt that goes to another organization, told in both and to neither of the other', async () => {
    const { id } = await newPrompt(client, admin);
    const founded = await client('POST', '/v1/orgs', { token: admin.token, body: { name: 'Target' } });
    const { id: orgId } = founded.json.org;
    const { json } = await client('GET', `/v1/orgs/${orgId}/teams`, { token: admin.token });
    const [{ id: teamId }] = json.teams;
    const moved = await audited('POST', `/v1/prompts/${id}/move`, { body: { team_id: teamId } });
    const move = { action: 'prompts.move', prompt_id: id };
    expect(moved.entries).toMatchObject([
      { ...move, team_id: admin.teamId, before: { team_id: admin.teamId }, after: { team_id: null } },
    ]);
    expect(await log('target_type=prompt', orgId)).toMatchObject([
      { ...move, team_id: teamId, before: { team_id: null }, after: { team_id: teamId } },
    ]);
  });

  test('of a version, whose steps are told apart; the one that steps down is told too', async () => {
    const { id } = await newPrompt(client, admin);
    const at = `/v1/prompts/${id}/versions`;
    const body = { template: 'Hello {{.name}}', model: 'some/model', model_params: { b: 1, a: 2 } };
    const made = await audited('POST', at, { body });
    const about = { actor: byAdmin(), team_id: admin.teamId, prompt_id: id };
    const first = { type: 'version', id: made.answer.json.version.id, name: '1' };
    expect(made.entries).toMatchObject([
      { ...about, action: 'versions.create', operation: 'insert', target: first, before: null, after: body },
    ]);
    const changed = await audited('PUT', `${at}/1`, { body: { template: 'Bye', model: null } });
    expect(changed.entries).toMatchObject([{ ...about, action: 'versions.update', target: first }]);
    expect(changed.entries[0]?.before).toEqual({ template: 'Hello {{.name}}', model: 'some/model' });
    expect(changed.entries[0]?.after).toEqual({ template: 'Bye', model: null });

    const long = await audited('PUT', `${at}/1`, { body: { template: 'x'.repeat(20_000) } });
    expect(long.entries[0]?.after).toEqual({
      template: { bytes: 20_002, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });

    const copied = await audited('POST', `${at}/1/duplicate`);
    expect(copied.entries).toMatchObject([
      { action: 'versions.duplicate', operation: 'insert', target: { type: 'version', name: '2' } },
    ]);
    const step = async (version: number, verb: string) =>
      (await audited('POST', `${at}/${version}/${verb}`)).entries.map(({ action, target, before, after }) => [
        action,
        target.name,
        (before as { status: string }).status,
        (after as { status: string }).status,
      ]);
    expect(await step(1, 'promote')).toEqual([['versions.promote_to_stable', '1', 'draft', 'stable']]);
    expect(await step(1, 'promote')).toEqual([['versions.promote_to_live', '1', 'stable', 'live']]);
    await step(2, 'promote');
    expect(await step(2, 'promote')).toEqual([
      ['versions.promote_to_live', '1', 'live', 'stable'],
      ['versions.promote_to_live', '2', 'stable', 'live'],
    ]);
    expect(await step(2, 'demote')).toEqual([['versions.demote', '2', 'live', 'stable']]);
    expect(await step(2, 'archive')).toEqual([['versions.archive', '2', 'stable', 'archived']]);
    await audited('POST', at, { body: { template: 'draft' } });
    const removed = await audited('DELETE', `${at}/3`);
    expect(removed.entries).toMatchObject([
      {
        ...about,
        action: 'versions.delete',
        operation: 'delete',
        target: { type: 'version', name: '3' },
        before: { version: 3, status: 'draft', template: 'draft' },
        after: null,
      },
    ]);
  });

  test('of a tag', async () => {
    const { id } = await newPrompt(client, admin);
    const at = `/v1/prompts/${id}/versions`;
    for (const template of ['one', 'two']) await audited('POST', at, { body: { template } });
    const about = {
      actor: byAdmin(),
      action: 'tags.write',
      target: { type: 'tag', id: 'prod', name: 'prod' },
      prompt_id: id,
    };
    const tag = (version: number) => audited('POST', `${at}/${version}/tags`, { body: { tag: 'prod' } });
    expect((await tag(1)).entries).toMatchObject([{ ...about, operation: 'insert', after: { version: 1 } }]);
    expect((await tag(2)).entries).toMatchObject([
      { ...about, operation: 'update', before: { version: 1 }, after: { version: 2 } },
    ]);
    expect((await tag(2)).entries).toEqual([]);
    expect((await audited('DELETE', `/v1/prompts/${id}/tags/prod`)).entries).toMatchObject([
      { ...about, operation: 'delete', before: { version: 2 }, after: null },
    ]);
  });

  test('of a payload', async () => {
    const { id } = await newPrompt(client, admin);
    const at = `/v1/prompts/${id}/payloads`;
    const body = { name: 'Ada', variables: { name: 'Ada', age: 36 } };
    const made = await audited('POST', at, { body });
    const payloadId = made.answer.json.payload.id;
    const target = { type: 'payload', id: payloadId, name: 'Ada' };
    const about = { actor: byAdmin(), action: 'payloads.write', target, prompt_id: id };
    expect(made.entries).toMatchObject([{ ...about, operation: 'insert', after: body }]);
    const changed = await audited('PUT', `${at}/${payloadId}`, { body: { variables: { name: 'Bea' } } });
    expect(changed.entries).toMatchObject([
      { ...about, before: { variables: body.variables }, after: { variables: { name: 'Bea' } } },
    ]);
    const removed = await audited('DELETE', `${at}/${payloadId}`);
    expect(removed.entries).toMatchObject([{ ...about, operation: 'delete', after: null }]);
  });

  test('of a key, and never its text or hash', async () => {
    const made = await audited('POST', '/v1/api-keys', {
      body: { name: 'my service', org_id: admin.orgId, team_ids: [admin.teamId], operation: 'all' },
    });
    const { id, key } = made.answer.json;
    const about = { actor: byAdmin(), target: { type: 'api_key', id, name: 'my service' } };
    const state = { name: 'my service', operation: 'all', all_teams: false, team_ids: [admin.teamId] };
    expect(made.entries).toMatchObject([
      { ...about, action: 'api_keys.create', operation: 'insert', before: null },
    ]);
    expect(made.entries[0]?.after).toEqual(state);
    const revoked = await audited('DELETE', `/v1/api-keys/${id}`);
    expect(revoked.entries).toMatchObject([
      { ...about, action: 'api_keys.delete', operation: 'delete', after: null },
    ]);
    expect(revoked.entries[0]?.before).toEqual(state);
    expect(JSON.stringify([made.entries, revoked.entries])).not.toContain(key);
  });

  test('made by a key: the key is who', async () => {
    const key = await newKey(client, admin, 'all');
    const { entries } = await audited('POST', `/v1/teams/${admin.teamId}/prompts`, {
      token: key,
      body: { name: `By key ${randomUUID()}` },
    });
    expect(entries).toMatchObject([{ actor: { kind: 'key', name: 'a key' }, action: 'prompts.create' }]);
    const { id } = (entries[0] as Entry).actor as { id: string };
    const [made] = await log(`target_type=api_key&target_id=${id}`);
    expect(made?.target.name).toBe('a key');
  });

  test('of an organization and its teams', async () => {
    const founded = await client('POST', '/v1/orgs', { token: admin.token, body: { name: 'Second' } });
    const orgId = founded.json.org.id as string;
    expect(
      (await log('', orgId)).map(({ action, operation, target }) => [action, operation, target.type]),
    ).toEqual([
      ['organizations.create', 'insert', 'member'],
      ['organizations.create', 'insert', 'team'],
      ['organizations.create', 'insert', 'organization'],
    ]);
    const renamed = await audited('PUT', `/v1/orgs/${orgId}`, { body: { name: 'Third' } }, orgId);
    expect(renamed.entries).toMatchObject([
      {
        action: 'organizations.update',
        target: { type: 'organization', id: orgId, name: 'Third' },
        before: { name: 'Second' },
        after: { name: 'Third' },
      },
    ]);
    const made = await audited('POST', `/v1/orgs/${admin.orgId}/teams`, { body: { name: 'Movers' } });
    const { id: teamId } = made.answer.json.team;
    expect(made.entries).toMatchObject([
      { action: 'teams.create', operation: 'insert', target: { type: 'team', id: teamId, name: 'Movers' } },
      {
        action: 'teams.create',
        operation: 'insert',
        target: { type: 'member', id: admin.id },
        after: { role: 'admin' },
      },
    ]);
    await client('POST', '/v1/api-keys', {
      token: admin.token,
      body: { name: 'of two', org_id: admin.orgId, team_ids: [teamId, admin.teamId] },
    });
    // A move is told where it leaves and where it comes to, to neither of the other; and so is what it takes
    // from a key.
    const moved = await audited('PUT', `/v1/teams/${teamId}`, { body: { name: 'Movers', org_id: orgId } });
    expect(moved.entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ before: { org_id: admin.orgId }, after: { org_id: null } }),
        expect.objectContaining({
          operation: 'update',
          target: expect.objectContaining({ type: 'api_key', name: 'of two' }),
          before: { team_id: teamId },
          after: { team_id: null },
        }),
      ]),
    );
    expect(await log('target_type=team', orgId)).toMatchObject([
      {
        action: 'teams.update',
        target: { type: 'team', id: teamId },
        before: { name: null, org_id: null },
        after: { name: 'Movers', org_id: orgId },
      },
      { operation: 'insert' },
    ]);
    const gone = await audited('DELETE', `/v1/teams/${teamId}`, {}, orgId);
    expect(gone.entries).toMatchObject([
      { action: 'teams.delete', operation: 'delete', before: { name: 'Movers', org_id: orgId }, after: null },
    ]);
  });

  test('of members, their roles, and those who ask to join', async () => {
    const person = await newPerson(server, client);
    const team = await newTeam(server, admin.orgId, `Team ${randomUUID()}`);
    await join(server, admin, team, 'admin');
    const target = { type: 'member', id: person.id, name: person.email };
    const about = { actor: byAdmin(), team_id: team, target };

    const asked = await audited('POST', `/v1/teams/${team}/join-requests`, { token: person.token });
    const request = { type: 'join_request', id: asked.answer.json.id, name: person.email };
    expect(asked.entries).toMatchObject([
      {
        actor: { kind: 'user', id: person.id },
        action: 'join_requests.create',
        target: request,
        after: { team_id: team, user_id: person.id, status: 'pending' },
      },
    ]);
    const let_in = await audited('PUT', `/v1/join-requests/${request.id}`, { body: { status: 'approved' } });
    expect(let_in.entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          target: request,
          before: { status: 'pending' },
          after: { status: 'approved' },
        }),
        expect.objectContaining({ target, operation: 'insert', after: { team_id: team, role: 'viewer' } }),
      ]),
    );
    const raised = await audited('PUT', `/v1/teams/${team}/members/${person.id}/role`, {
      body: { role: 'editor' },
    });
    expect(raised.entries).toMatchObject([
      { ...about, action: 'members.set_role', before: { role: 'viewer' }, after: { role: 'editor' } },
    ]);
    const out = await audited('DELETE', `/v1/teams/${team}/members/${person.id}`);
    expect(out.entries).toMatchObject([
      { ...about, action: 'members.remove', operation: 'delete', before: { team_id: team, role: 'editor' } },
    ]);
    await join(server, person, admin.teamId, 'viewer');
    const added = await audited('POST', `/v1/teams/${team}/members`, { body: { user_id: person.id } });
    expect(added.entries).toMatchObject([{ ...about, action: 'members.add', after: { role: 'editor' } }]);
    const left = await audited('DELETE', `/v1/me/teams/${team}`, { token: person.token });
    expect(left.entries).toMatchObject([
      { action: 'me.leave_team', operation: 'delete', target, actor: { kind: 'user', id: person.id } },
    ]);
    const expelled = await audited('DELETE', `/v1/orgs/${admin.orgId}/members/${person.id}`);
    expect(expelled.entries).toMatchObject([
      { action: 'organizations.remove_member', operation: 'delete', target },
    ]);
  });

  test('of somebody who is registered into a team, or deletes the account: the membership', async () => {
    const email = newAddress();
    const registered = await audited('POST', '/v1/auth/register', {
      body: { email, password: PASSWORD, team_id: admin.teamId },
    });
    const userId = registered.answer.json.user.id;
    const target = { type: 'member', id: userId, name: email };
    expect(registered.entries).toMatchObject([
      {
        actor: byAdmin(),
        action: 'accounts.register',
        operation: 'insert',
        target,
        after: { role: 'editor' },
      },
    ]);
    const token = await logIn(client, email);
    const gone = await audited('DELETE', '/v1/auth/me', { token });
    expect(gone.entries).toMatchObject([
      { actor: { kind: 'user', id: userId, name: email }, action: 'me.delete', operation: 'delete', target },
    ]);
  });
});
