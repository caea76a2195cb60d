-- People who ask to become members of a team, keys that name one, and what goes with one that is deleted.

create table join_requests (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references teams (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'approved', 'rejected')),
  resolved_by uuid references users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index join_requests_one_pending on join_requests (team_id, user_id) where status = 'pending';
create index join_requests_team_id_idx on join_requests (team_id);
create index join_requests_user_id_idx on join_requests (user_id);
create index join_requests_resolved_by_idx on join_requests (resolved_by);
create index join_requests_inbox_idx on join_requests (team_id, created_at, id) where status = 'pending';

-- A key names teams of its own organization. Asked while the team is held, so that a team which is just
-- moving to another organization is not named on its way.
create function demand_own_team() returns trigger language plpgsql as $$
begin
  perform from teams
  where id = new.team_id and org_id = (select org_id from api_keys where id = new.api_key_id)
  for key share;
  if not found then
    raise foreign_key_violation using message = 'the key and the team are not of one organization';
  end if;
  return new;
end $$;
create trigger own_team before insert or update on api_key_teams for each row execute function demand_own_team();

-- Versions go by the hundred thousand with an organization: their notes are written a statement, and not
-- a row, at a time, and the prompt's only where the prompt itself stays.
create function note_deleted_versions() returns trigger language plpgsql as $$
begin
  insert into outbox (document_key)
  select 'version:' || prompt_id || ':' || version from deleted
  union all
  select distinct 'prompt:' || deleted.prompt_id from deleted join prompts on prompts.id = deleted.prompt_id;
  perform pg_notify('px0_outbox', '');
  return null;
end $$;
create trigger note_deleted after delete on versions
  referencing old table as deleted for each statement execute function note_deleted_versions();
drop trigger note on versions;
create trigger note after insert or update on versions for each row execute function note_version();
