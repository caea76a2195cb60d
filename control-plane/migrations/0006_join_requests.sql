-- People who ask to become members of a team.

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
create index join_requests_user_id_idx on join_requests (user_id);
create index join_requests_resolved_by_idx on join_requests (resolved_by);
create index join_requests_inbox_idx on join_requests (team_id, created_at, id) where status = 'pending';
