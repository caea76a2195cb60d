/**
 * The SQL behind `seedLargeOrganization`. Sizes and the hashes of credentials are settings of the
 * transaction, `large.…`. Rows are spread as years of work leave them: prompts do not lie in the order
 * of their slugs, and the versions of a prompt not side by side.
 */
export const FILL_ORGANIZATION = `
create function pg_temp.size(name text) returns integer language sql as $$
  select current_setting('large.' || name)::integer $$;
create function pg_temp.hash(name text) returns bytea language sql as $$
  select decode(current_setting('large.' || name), 'hex') $$;

-- Team 0 is the Default Team, team 1 the largest.
create temporary table seeded_team on commit drop as
  select n, gen_random_uuid() as id,
    case n when 0 then 0 when 1 then pg_temp.size('promptsOfLargestTeam') else pg_temp.size('promptsOfOtherTeam') end as prompts
  from generate_series(0, 1 + pg_temp.size('otherTeams')) as n;
create temporary table seeded_member on commit drop as
  select n, gen_random_uuid() as id from generate_series(1, pg_temp.size('members')) as n;
create temporary table seeded_prompt on commit drop as
  select seeded_team.id as team_id, seeded_team.n as team, number as n, gen_random_uuid() as id
  from seeded_team cross join lateral generate_series(1, prompts) as number;
create temporary table neighbour on commit drop as
  select n, gen_random_uuid() as org_id, gen_random_uuid() as team_id, gen_random_uuid() as user_id,
    gen_random_uuid() as prompt_id
  from generate_series(1, pg_temp.size('neighbours')) as n;
create temporary table large_organization on commit drop as
  select gen_random_uuid() as "orgId",
    (select id from seeded_team where n = 1) as "teamId",
    (select id from seeded_prompt where team = 1 and n = 1 + pg_temp.size('promptsOfLargestTeam') / 2) as "promptId",
    null as slug, 'greeting' as "commonSlug", gen_random_uuid() as "payloadId", 'production' as tag,
    (select id from seeded_member where n = 1) as "actorId";

insert into organizations (id, name)
  select "orgId", 'The large one' from large_organization
  union all select org_id, 'Neighbour ' || n from neighbour;
insert into teams (id, org_id, name)
  select id, "orgId", case n when 0 then 'Default Team' else 'Team ' || n end from seeded_team, large_organization
  union all select team_id, org_id, 'Default Team' from neighbour;
insert into users (id, email, password_hash, is_verified, is_admin)
  select id, 'member-' || n || '@example.com', '-', true, n = 1 from seeded_member
  union all select user_id, 'neighbour-' || n || '@example.com', '-', true, true from neighbour;
-- Member 1 is the org admin, member 2 the viewer of every team.
insert into team_members (team_id, user_id, role)
  select seeded_team.id, seeded_member.id,
    case when seeded_member.n = 2 then 'viewer' when seeded_team.n = 0 or seeded_member.n % 50 = 1 then 'admin' else 'editor' end
  from seeded_member join seeded_team on case seeded_member.n
    when 1 then seeded_team.n = 0
    when 2 then seeded_team.n > 0
    else seeded_team.n in (1, 2 + seeded_member.n % greatest(pg_temp.size('otherTeams'), 1)) end
  union all select team_id, user_id, 'admin' from neighbour;
insert into sessions (token_hash, user_id, expires_at)
  select case n when 1 then pg_temp.hash('orgAdmin') when 2 then pg_temp.hash('viewer') else sha256(id::text::bytea) end,
    id, now() + interval '1 day' from seeded_member
  union all select sha256(user_id::text::bytea), user_id, now() + interval '1 day' from neighbour;

-- Key 1 is the one that is known, and of every team, as every third is.
insert into api_keys (org_id, created_by, name, key_hash, operation, all_teams, created_at, last_used_at)
  select "orgId", seeded_member.id, 'Key ' || key,
    case key when 1 then pg_temp.hash('key') else sha256(('key ' || key)::bytea) end,
    (array['read_render', 'all'])[1 + (key - 1) % 2], key % 3 = 1, now() - key * interval '1 hour', now()
  from generate_series(1, pg_temp.size('keys')) as key
  join seeded_member on seeded_member.n = 1 + key % pg_temp.size('members'), large_organization
  union all
  select org_id, user_id, 'Key', sha256(team_id::text::bytea), 'all', false, now(), null from neighbour;
insert into api_key_teams (api_key_id, team_id)
  select api_keys.id, seeded_team.id
  from api_keys join large_organization on org_id = "orgId" join seeded_team on n in (1, 2)
  where not all_teams
  union all select api_keys.id, team_id from api_keys join neighbour using (org_id);

insert into prompts (id, team_id, org_id, slug, name, description, status, next_version, created_at, updated_at)
  select id, team_id, "orgId",
    case n when 1 then "commonSlug" else left(md5(n::text), 6) || '_prompt_' || team || '_' || n end,
    'Prompt ' || n || ' about ' || (array['refunds', 'shipping', 'invoices', 'onboarding', 'outages'])[1 + n % 5],
    'Answers what customers ask, in the words of the house style, and hands over to people where it must. No. ' || n,
    case when n % 25 = 0 then 'archived' else 'active' end,
    pg_temp.size('versionsOfPrompt') + 1, now() - n * interval '1 minute', now()
  from seeded_prompt, large_organization
  union all
  select prompt_id, team_id, org_id, 'neighbours_' || n, 'Neighbour''s ' || n, 'Greets', 'active', 2, now(), now() from neighbour;
update large_organization set slug = prompts.slug from prompts where prompts.id = "promptId";

insert into versions (prompt_id, version, template, status, model, model_params, created_at, published_at, variables)
  select prompt_id, version,
    'You are a customer support agent of {{.company}}.' || E'\\n' ||
    'Greet {{.name}}{{if .isPremium}}, a premium customer{{end}}.' || E'\\n' ||
    repeat('Answer briefly, politely, and only what you know to be true. ', 8) || md5(prompt_id::text || version),
    case newest - version when 0 then 'draft' when 1 then 'live' else case when version % 4 = 0 then 'archived' else 'stable' end end,
    'openai/gpt-4.1-mini', '{"temperature": 0.2, "top_p": 0.9}',
    now() - (newest - version) * interval '1 day', case when version < newest then now() end,
    (select jsonb_agg(jsonb_build_object('path', path, 'printed', path <> 'isPremium', 'tested', path = 'isPremium',
        'ranged', false, 'compared', false, 'optional', false))
      from unnest(array['company', 'isPremium', 'name']) as path)
  from (
    select id as prompt_id, version, pg_temp.size('versionsOfPrompt') as newest
    from seeded_prompt cross join generate_series(1, pg_temp.size('versionsOfPrompt')) as version
    union all select prompt_id, 1, 1 from neighbour
  ) as written
  order by version, md5(prompt_id::text);
insert into version_tags (prompt_id, version, tag)
  select prompt_id, version, case status when 'live' then 'production' when 'draft' then 'next' else 'v' || version end
  from versions where status in ('live', 'draft') or version = 1;
update prompts set search = prompt_search(prompts);

insert into payloads (id, prompt_id, name, variables, created_at)
  select case when is_known and sample = 1 then "payloadId" else gen_random_uuid() end, seeded_prompt.id, 'Sample ' || sample,
    '{"company": "Example Ltd", "name": "Ada", "isPremium": true, "topics": ["refunds", "shipping"]}',
    now() - sample * interval '1 hour'
  from (select seeded_prompt.*, id = "promptId" as is_known, "payloadId" from seeded_prompt, large_organization) as seeded_prompt
  cross join lateral generate_series(1, case when is_known then 100 else 2 end) as sample;

insert into join_requests (team_id, user_id, status, created_at)
  select seeded_team.id, neighbour.user_id, case when neighbour.n % 5 = 0 then 'rejected' else 'pending' end,
    now() - neighbour.n * interval '1 minute'
  from neighbour join seeded_team on seeded_team.n = 1 + neighbour.n % (1 + pg_temp.size('otherTeams'))
  where neighbour.n <= pg_temp.size('joinRequests')
  union all
  select other.team_id, neighbour.user_id, 'pending', now()
  from neighbour join neighbour as other on other.n = neighbour.n + 1;

insert into audit_log (at, org_id, actor_kind, actor_id, actor_name, action, operation, target_type, target_id, target_name,
    team_id, prompt_id, before, after, ip, user_agent, request_id)
  select now() - (pg_temp.size('auditEntries') - entry) * interval '1 minute', "orgId", 'user', seeded_member.id,
    'member-' || seeded_member.n || '@example.com', action, case when entry % 10 < 4 then 'insert' else 'update' end,
    split_part(action, 's.', 1), coalesce(prompts.id, seeded_member.id)::text, prompts.slug, prompts.team_id, prompts.id,
    '{"description": "Before"}', '{"description": "After"}', '192.0.2.7', 'px0 client', gen_random_uuid()
  from (
    select entry,
      (array['prompts.create', 'prompts.update', 'versions.create', 'versions.promote_to_live', 'payloads.write'])[1 + entry % 5] as action
    from generate_series(1, pg_temp.size('auditEntries')) as entry
  ) as entries
  join seeded_member on seeded_member.n = case when entry % 4 = 0 then 1 else 1 + entry % pg_temp.size('members') end
  left join seeded_prompt on seeded_prompt.team = 1 and seeded_prompt.n = 1 + entry % pg_temp.size('promptsOfLargestTeam')
  left join prompts on prompts.id = seeded_prompt.id, large_organization
  order by entry;
`;
