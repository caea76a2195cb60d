-- The format of the documents and programs that the publisher has written into the feed. Null: from
-- before it was remembered. A publisher that writes another one writes everything anew.

alter table publisher_state add column feed_format text;
