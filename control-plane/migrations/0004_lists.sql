-- Lists that are read page by page, and prompts found by a part of their name, slug, description or
-- one of their tags.

-- By code points: an order that stays the same on every machine, and that cursors can rely on.
create index prompts_list_idx on prompts (team_id, status, slug collate "C");
create index api_keys_created_by_idx on api_keys (created_by);

-- Texts as they are compared where case does not matter. A database whose own collation is C knows the
-- case of ASCII letters alone, so one that knows all letters is named where there is one.
do $$
declare
  knowing text := (
    select name from unnest(array['pg_c_utf8', 'und-x-icu']) with ordinality as known (name, preference)
    join pg_collation on collname = name and collencoding in (-1, (
      select encoding from pg_database where datname = current_database()))
    order by preference limit 1);
begin
  execute format('create function search_form(content text) returns text language sql immutable strict as %L',
    format('select lower(content collate %I)', coalesce(knowing, 'default')));
end $$;

-- All that q looks through, a line each.
alter table prompts add column search text not null default '';

create function prompt_search(prompt prompts) returns text language sql stable as $$
  select search_form(concat_ws(E'\n', prompt.name, prompt.slug, prompt.description, string_agg(tag, E'\n' order by tag)))
  from version_tags where prompt_id = prompt.id
$$;

create function keep_prompt_search() returns trigger language plpgsql as $$
begin
  new.search := prompt_search(new);
  return new;
end $$;
create trigger keep_search before insert or update of name, slug, description on prompts
  for each row execute function keep_prompt_search();

create function keep_prompt_search_of_tag() returns trigger language plpgsql as $$
begin
  update prompts set search = prompt_search(prompts) where id = coalesce(new.prompt_id, old.prompt_id);
  return null;
end $$;
-- A tag that moves from version to version is still the prompt's.
create trigger keep_search after insert or delete on version_tags
  for each row execute function keep_prompt_search_of_tag();

update prompts set search = prompt_search(prompts);

-- The two extensions come with Postgres, and are trusted: whoever may create in the database may add
-- them. Where that is not so, q goes through the prompts of the one team.
do $$
begin
  create extension if not exists pg_trgm;
  create extension if not exists btree_gin;
  create index prompts_search_idx on prompts using gin (team_id, search gin_trgm_ops);
exception when insufficient_privilege or undefined_file or feature_not_supported then
  raise warning 'prompts are searched without an index: %', sqlerrm;
end $$;
