-- Who changed what. Written by triggers in the transaction of the change itself, so that no way of
-- changing a row can forget it. What goes with a deleted row is told by that row's own entry.

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  -- No foreign keys: an entry outlives all that it tells of. Null: a matter of an account alone.
  org_id uuid,
  actor_kind text not null check (actor_kind in ('user', 'key', 'anonymous', 'system')),
  actor_id uuid,
  actor_name text,
  -- The policy's word for what the request is about; null for 'system'.
  action text,
  operation text not null check (operation in ('insert', 'update', 'delete')),
  target_type text not null,
  target_id text not null,
  target_name text,
  team_id uuid,
  prompt_id uuid,
  -- Of an update the changed fields alone. json, not jsonb: it holds settings as their owner wrote them.
  before json,
  after json,
  -- text, not inet: behind a proxy it is what the proxy says, whatever that is.
  ip text,
  user_agent text,
  request_id uuid
);
-- Read newest first, from any moment on, by any one of what it is filtered by.
create index audit_log_list_idx on audit_log (org_id, at, id);
create index audit_log_actor_idx on audit_log (org_id, actor_id, at, id);
create index audit_log_action_idx on audit_log (org_id, action, at, id);
create index audit_log_target_type_idx on audit_log (org_id, target_type, at, id);
create index audit_log_target_id_idx on audit_log (org_id, target_id, at, id);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is never changed';
end $$;
create trigger refuse before update or delete or truncate on audit_log
  for each statement execute function refuse_audit_change();

-- Long texts, such as templates, are told by their digest: the versions themselves are kept.
create function audit_value(value json) returns text language sql immutable as $$
  select case
    when value is null then 'null'
    when octet_length(value::text) <= 8192 then value::text
    else json_build_object('bytes', octet_length(value::text),
      'sha256', encode(sha256(convert_to(value::text, 'UTF8')), 'hex'))::text
  end
$$;

-- fields, before and after run in parallel; before is null for an insert, after for a delete. The
-- fields are named one by one, so that a column becomes part of the log by decision and never by being
-- added: password_hash, key_hash and code_hash are in no list.
create function write_audit(
  operation text, org_ids uuid[], team_id uuid, prompt_id uuid, target_type text, target_id text, target_name text,
  fields text[], before json[], after json[]
) returns void language plpgsql as $$
declare
  author json := nullif(current_setting('px0.author', true), '');
  before_parts text[] := '{}';
  after_parts text[] := '{}';
begin
  for field in 1 .. cardinality(fields) loop
    continue when operation = 'UPDATE' and before[field]::text is not distinct from after[field]::text;
    before_parts := before_parts || (to_json(fields[field])::text || ':' || audit_value(before[field]));
    after_parts := after_parts || (to_json(fields[field])::text || ':' || audit_value(after[field]));
  end loop;
  if operation = 'UPDATE' and cardinality(after_parts) = 0 then
    return;
  end if;
  insert into audit_log (org_id, actor_kind, actor_id, actor_name, action, operation,
    target_type, target_id, target_name, team_id, prompt_id, before, after, ip, user_agent, request_id)
  select owner, coalesce(author ->> 'kind', 'system'), (author ->> 'id')::uuid, author ->> 'name',
    author ->> 'action', lower(operation), target_type, target_id, target_name, team_id, prompt_id,
    case when operation <> 'INSERT' then ('{' || array_to_string(before_parts, ',') || '}')::json end,
    case when operation <> 'DELETE' then ('{' || array_to_string(after_parts, ',') || '}')::json end,
    author ->> 'ip', author ->> 'user_agent', (author ->> 'request_id')::uuid
  from unnest(org_ids) as owner;
end $$;

create function audit_user() returns trigger language plpgsql as $$
declare
  is_new_password boolean := tg_op = 'UPDATE' and new.password_hash <> old.password_hash;
begin
  perform write_audit(tg_op, array[null::uuid], null, null, 'user', coalesce(new.id, old.id)::text,
    coalesce(new.email, old.email), array['email', 'is_verified', 'is_admin'] || case when is_new_password then array['password'] else '{}' end,
    array[to_json(old.email), to_json(old.is_verified), to_json(old.is_admin), null],
    array[to_json(new.email), to_json(new.is_verified), to_json(new.is_admin),
      '"changed"'::json]);
  return null;
end $$;

create function audit_organization() returns trigger language plpgsql as $$
begin
  perform write_audit(tg_op, array[coalesce(new.id, old.id)], null, null,
    'organization', coalesce(new.id, old.id)::text, coalesce(new.name, old.name),
    array['name'], array[to_json(old.name)], array[to_json(new.name)]);
  return null;
end $$;

-- What moves from one organization to another is told in both: where it leaves without where it goes, and
-- where it comes to without where from. Neither is to learn of the other.
create function audit_team() returns trigger language plpgsql as $$
begin
  if old.org_id <> new.org_id then
    perform write_audit(tg_op, array[old.org_id], old.id, null, 'team', old.id::text, old.name,
      array['org_id'], array[to_json(old.org_id)], array[null::json]);
    perform write_audit(tg_op, array[new.org_id], new.id, null, 'team', new.id::text, new.name,
      array['name', 'org_id'], array[null::json, null], array[to_json(new.name), to_json(new.org_id)]);
    return null;
  end if;
  perform write_audit(tg_op, array[coalesce(new.org_id, old.org_id)], coalesce(new.id, old.id), null,
    'team', coalesce(new.id, old.id)::text, coalesce(new.name, old.name),
    array['name', 'org_id'],
    array[to_json(old.name), to_json(old.org_id)],
    array[to_json(new.name), to_json(new.org_id)]);
  return null;
end $$;

create function audit_team_member() returns trigger language plpgsql as $$
declare
  about team_members := coalesce(new, old);
begin
  perform write_audit(tg_op, array[(select org_id from teams where id = about.team_id)], about.team_id, null,
    'member', about.user_id::text, (select email from users where id = about.user_id),
    array['team_id', 'role'],
    array[to_json(old.team_id), to_json(old.role)],
    array[to_json(new.team_id), to_json(new.role)]);
  return null;
end $$;

create function audit_join_request() returns trigger language plpgsql as $$
declare
  about join_requests := coalesce(new, old);
begin
  perform write_audit(tg_op, array[(select org_id from teams where id = about.team_id)], about.team_id, null,
    'join_request', about.id::text, (select email from users where id = about.user_id),
    array['team_id', 'user_id', 'status'],
    array[to_json(old.team_id), to_json(old.user_id), to_json(old.status)],
    array[to_json(new.team_id), to_json(new.user_id), to_json(new.status)]);
  return null;
end $$;

create function audit_api_key() returns trigger language plpgsql as $$
declare
  team_ids json := to_json(array(
    select team_id from api_key_teams where api_key_id = coalesce(new.id, old.id) order by team_id));
begin
  perform write_audit(tg_op, array[coalesce(new.org_id, old.org_id)], null, null,
    'api_key', coalesce(new.id, old.id)::text, coalesce(new.name, old.name),
    array['name', 'operation', 'all_teams', 'team_ids'],
    array[to_json(old.name), to_json(old.operation), to_json(old.all_teams), team_ids],
    array[to_json(new.name), to_json(new.operation), to_json(new.all_teams), team_ids]);
  return coalesce(new, old);
end $$;

-- A key whose team moves away: its reach narrows, and the key stays.
create function audit_api_key_team() returns trigger language plpgsql as $$
declare
  key api_keys;
begin
  select * into key from api_keys where id = old.api_key_id;
  perform write_audit('UPDATE', array[key.org_id], old.team_id, null,
    'api_key', old.api_key_id::text, key.name,
    array['team_id'], array[to_json(old.team_id)], array[null::json]);
  return null;
end $$;

create function audit_prompt() returns trigger language plpgsql as $$
begin
  if old.org_id <> new.org_id then
    perform write_audit(tg_op, array[old.org_id], old.team_id, old.id, 'prompt', old.id::text, old.slug,
      array['team_id'], array[to_json(old.team_id)], array[null::json]);
    perform write_audit(tg_op, array[new.org_id], new.team_id, new.id, 'prompt', new.id::text, new.slug,
      array['team_id'], array[null::json], array[to_json(new.team_id)]);
    return null;
  end if;
  perform write_audit(tg_op, array[coalesce(new.org_id, old.org_id)], coalesce(new.team_id, old.team_id), coalesce(new.id, old.id),
    'prompt', coalesce(new.id, old.id)::text, coalesce(new.slug, old.slug),
    array['team_id', 'name', 'slug', 'description', 'status'],
    array[to_json(old.team_id), to_json(old.name), to_json(old.slug), to_json(old.description), to_json(old.status)],
    array[to_json(new.team_id), to_json(new.name), to_json(new.slug), to_json(new.description), to_json(new.status)]);
  return null;
end $$;

create function audit_version() returns trigger language plpgsql as $$
declare
  about versions := coalesce(new, old);
  prompt prompts;
begin
  select * into prompt from prompts where id = about.prompt_id;
  perform write_audit(tg_op, array[prompt.org_id], prompt.team_id, prompt.id,
    'version', about.id::text, about.version::text,
    array['version', 'status', 'template', 'missing', 'model', 'model_params'],
    array[to_json(old.version), to_json(old.status), to_json(old.template), to_json(old.missing),
      to_json(old.model), old.model_params],
    array[to_json(new.version), to_json(new.status), to_json(new.template), to_json(new.missing),
      to_json(new.model), new.model_params]);
  return null;
end $$;

create function audit_version_tag() returns trigger language plpgsql as $$
declare
  about version_tags := coalesce(new, old);
  prompt prompts;
begin
  select * into prompt from prompts where id = about.prompt_id;
  perform write_audit(tg_op, array[prompt.org_id], prompt.team_id, prompt.id,
    'tag', about.tag, about.tag,
    array['version'], array[to_json(old.version)], array[to_json(new.version)]);
  return null;
end $$;

create function audit_payload() returns trigger language plpgsql as $$
declare
  about payloads := coalesce(new, old);
  prompt prompts;
begin
  select * into prompt from prompts where id = about.prompt_id;
  perform write_audit(tg_op, array[prompt.org_id], prompt.team_id, prompt.id,
    'payload', about.id::text, about.name,
    array['name', 'variables'],
    array[to_json(old.name), old.variables],
    array[to_json(new.name), new.variables]);
  return null;
end $$;

-- Depth 0: what a person did, and not what a cascade or a trigger of ours did in turn.
create trigger audit after insert or update or delete on users
  for each row when (pg_trigger_depth() = 0) execute function audit_user();
create trigger audit after insert or update or delete on organizations
  for each row when (pg_trigger_depth() = 0) execute function audit_organization();
create trigger audit after insert or update or delete on teams
  for each row when (pg_trigger_depth() = 0) execute function audit_team();
create trigger audit after insert or update or delete on team_members
  for each row when (pg_trigger_depth() = 0) execute function audit_team_member();
create trigger audit after insert or update or delete on join_requests
  for each row when (pg_trigger_depth() = 0) execute function audit_join_request();
create trigger audit after insert or update or delete on prompts
  for each row when (pg_trigger_depth() = 0) execute function audit_prompt();
create trigger audit after insert or update or delete on versions
  for each row when (pg_trigger_depth() = 0) execute function audit_version();
create trigger audit after insert or update or delete on version_tags
  for each row when (pg_trigger_depth() = 0) execute function audit_version_tag();
create trigger audit after insert or update or delete on payloads
  for each row when (pg_trigger_depth() = 0) execute function audit_payload();
-- A key's teams are written after it and deleted before it: told at the end of the transaction, and
-- before the row goes.
create constraint trigger audit after insert on api_keys deferrable initially deferred
  for each row when (pg_trigger_depth() = 0) execute function audit_api_key();
create trigger audit after delete on api_key_teams
  for each row when (pg_trigger_depth() = 0) execute function audit_api_key_team();
create trigger audit_change before update of name, operation, all_teams or delete on api_keys
  for each row when (pg_trigger_depth() = 0) execute function audit_api_key();
