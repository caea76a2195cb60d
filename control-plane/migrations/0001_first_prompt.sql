-- People, tenants, prompts, and the notes that lead from a change here to the gateways.

create table users (
  id uuid primary key default gen_random_uuid(),
  email text not null,
  password_hash text not null,
  is_verified boolean not null default false,
  is_admin boolean not null default false,
  created_at timestamptz not null default now()
);
-- One account per address, whatever its case.
create unique index users_email_key on users (lower(email));

create table sessions (
  token_hash bytea primary key,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_user_id_idx on sessions (user_id);
create index sessions_expires_at_idx on sessions (expires_at);

create table verification_codes (
  user_id uuid primary key references users (id) on delete cascade,
  code_hash bytea not null,
  attempts integer not null default 0,
  expires_at timestamptz not null
);

create table organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);

create table teams (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organizations (id) on delete cascade,
  name text not null,
  created_at timestamptz not null default now(),
  -- What prompts refer to, so that they carry the organization of their team.
  unique (id, org_id)
);
create unique index teams_org_id_name_key on teams (org_id, lower(name));

create table team_members (
  team_id uuid not null references teams (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  role text not null check (role in ('admin', 'editor', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (team_id, user_id)
);
create index team_members_user_id_idx on team_members (user_id);

create table api_keys (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organizations (id) on delete cascade,
  created_by uuid references users (id) on delete set null,
  name text not null,
  key_hash bytea not null unique,
  operation text not null check (operation in ('read_render', 'all', 'admin')),
  -- Said outright and not by an empty list: a key whose last team is deleted must not widen.
  all_teams boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index api_keys_org_id_idx on api_keys (org_id, created_at, id);

create table api_key_teams (
  api_key_id uuid not null references api_keys (id) on delete cascade,
  team_id uuid not null references teams (id) on delete cascade,
  primary key (api_key_id, team_id)
);
create index api_key_teams_team_id_idx on api_key_teams (team_id);

create table prompts (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null,
  org_id uuid not null,
  slug text not null,
  name text not null,
  description text not null default '',
  status text not null default 'active' check (status in ('active', 'archived')),
  -- The next version's number. Taken under the row's lock, so that numbers neither repeat nor skip.
  next_version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (team_id, org_id) references teams (id, org_id) on update cascade on delete cascade,
  unique (team_id, slug)
);
create unique index prompts_team_id_name_key on prompts (team_id, name);
create index prompts_org_id_slug_idx on prompts (org_id, slug);

create table versions (
  id uuid primary key default gen_random_uuid(),
  prompt_id uuid not null references prompts (id) on delete cascade,
  version integer not null check (version > 0),
  template text not null,
  status text not null default 'draft' check (status in ('draft', 'stable', 'live', 'archived')),
  missing text not null default 'error' check (missing in ('error', 'default', 'zero')),
  model text,
  -- json, not jsonb: the client gets its settings back in the order it gave them.
  model_params json,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  unique (prompt_id, version)
);
create unique index versions_one_live_per_prompt on versions (prompt_id) where status = 'live';

create table version_tags (
  prompt_id uuid not null,
  tag text not null,
  version integer not null,
  primary key (prompt_id, tag),
  foreign key (prompt_id, version) references versions (prompt_id, version) on delete cascade
);
create index version_tags_version_idx on version_tags (prompt_id, version);

-- The outbox: one note per changed feed document, left by triggers in the transaction of the change
-- itself, so that no way of changing a row (a cascade included) can forget it. A note holds a
-- document's key; the publisher loads that document's state of now.

create table outbox (
  id bigint generated always as identity primary key,
  document_key text not null,
  created_at timestamptz not null default now()
);

create function leave_note(document_key text) returns void language sql as $$
  insert into outbox (document_key) values (document_key);
  select pg_notify('px0_outbox', '');
$$;

create function note_api_key() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and row (new.key_hash, new.org_id, new.operation, new.all_teams)
      is not distinct from row (old.key_hash, old.org_id, old.operation, old.all_teams) then
    return null; -- last_used_at and the name are nothing to a gateway
  end if;
  perform leave_note('key:' || encode(coalesce(new.key_hash, old.key_hash), 'hex'));
  if tg_op = 'UPDATE' and new.key_hash <> old.key_hash then
    perform leave_note('key:' || encode(old.key_hash, 'hex'));
  end if;
  return null;
end $$;
create trigger note after insert or update or delete on api_keys for each row execute function note_api_key();

create function note_api_key_team() returns trigger language plpgsql as $$
begin
  -- No row: the key itself is being deleted, and leaves its own note.
  perform leave_note('key:' || encode(key_hash, 'hex')) from api_keys where id = coalesce(new.api_key_id, old.api_key_id);
  return null;
end $$;
create trigger note after insert or update or delete on api_key_teams for each row execute function note_api_key_team();

create function note_prompt() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and row (new.slug, new.team_id, new.org_id) is not distinct from row (old.slug, old.team_id, old.org_id) then
    return null;
  end if;
  perform leave_note('prompt:' || coalesce(new.id, old.id));
  if tg_op <> 'INSERT' then
    perform leave_note('slug:' || old.org_id || ':' || old.slug);
  end if;
  if tg_op <> 'DELETE' then
    perform leave_note('slug:' || new.org_id || ':' || new.slug);
  end if;
  return null;
end $$;
create trigger note after insert or update or delete on prompts for each row execute function note_prompt();

create function note_version() returns trigger language plpgsql as $$
begin
  -- A change of status alone is the prompt's: a promote sends no template again.
  if tg_op <> 'UPDATE'
      or row (new.template, new.missing, new.model, new.model_params::text)
        is distinct from row (old.template, old.missing, old.model, old.model_params::text) then
    perform leave_note('version:' || coalesce(new.prompt_id, old.prompt_id) || ':' || coalesce(new.version, old.version));
  end if;
  if tg_op = 'DELETE' or new.status is distinct from (case when tg_op = 'UPDATE' then old.status else 'draft' end) then
    perform leave_note('prompt:' || coalesce(new.prompt_id, old.prompt_id));
  end if;
  return null;
end $$;
create trigger note after insert or update or delete on versions for each row execute function note_version();

create function note_version_tag() returns trigger language plpgsql as $$
begin
  perform leave_note('prompt:' || coalesce(new.prompt_id, old.prompt_id));
  return null;
end $$;
create trigger note after insert or update or delete on version_tags for each row execute function note_version_tag();

-- How far the publisher is. A feed whose head lies between confirmed and reserved is the one that it
-- left; any other was emptied, restored or replaced, or this database was, and gets a new epoch.

create table publisher_state (
  only_row boolean primary key default true check (only_row),
  epoch text,
  reserved_revision bigint not null default 0,
  confirmed_revision bigint not null default 0
);
insert into publisher_state default values;

-- The feed's own house in Postgres, used where there is no Redis. The documents are their own log:
-- a tombstone (body null) keeps its row until the log no longer reaches back to it.

create table feed_head (
  only_row boolean primary key default true check (only_row),
  epoch text not null,
  revision bigint not null,
  -- The log tells all that changed after this revision.
  log_start bigint not null
);

create table feed_documents (
  key text primary key,
  revision bigint not null,
  body text
);
create index feed_documents_revision_idx on feed_documents (revision);
