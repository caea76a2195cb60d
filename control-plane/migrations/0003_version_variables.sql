-- What a version's template reads of its data, as the template engine tells it when the template is
-- written. Null: written before that; it is told when it is asked for.

alter table versions add column variables jsonb;
