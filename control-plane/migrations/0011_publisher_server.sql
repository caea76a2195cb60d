-- The server on which the feed's epoch was begun, or gone on with, last. A database that was restored from
-- a copy, or that another server has taken over, is found by it, however well it fits the feed. Null: from
-- before it was remembered.

alter table publisher_state add column server text;
