-- Where gateways without Redis leave word of the keys that they saw in use. Of a crash it need not
-- outlive: what is lost is a minute of last_used_at.

create unlogged table key_uses (
  api_key_id uuid primary key,
  used_at timestamptz not null
);
