-- Passwords that are reset, and mails that wait to be sent.

create table password_reset_codes (
  user_id uuid primary key references users (id) on delete cascade,
  -- SHA-256 of a random text of 256 bits and more: the code alone tells the user.
  code_hash bytea not null unique,
  expires_at timestamptz not null
);

-- What is to be said to whom, and never a secret: codes are made when a mail is sent. Whether the
-- address belongs to anybody is asked then as well, so that asking for a mail tells nobody.
create table mails (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('verification', 'password_reset')),
  address text not null,
  requested_at timestamptz not null default now(),
  attempts integer not null default 0,
  -- While one is being sent, this is when another worker may try.
  next_attempt_at timestamptz not null default now()
);
-- Who asks twice gets one.
create unique index mails_kind_address_key on mails (kind, lower(address));
create index mails_next_attempt_at_idx on mails (next_attempt_at);
