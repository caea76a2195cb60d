-- Sample data that people render a prompt with.

create table payloads (
  id uuid primary key default gen_random_uuid(),
  prompt_id uuid not null references prompts (id) on delete cascade,
  name text,
  -- json, not jsonb: the client gets its variables back as it gave them.
  variables json not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index payloads_list_idx on payloads (prompt_id, created_at, id);
