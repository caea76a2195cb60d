-- Where gateways without Redis tell how far they are. Of a crash it need not outlive: they report again
-- within seconds.

create unlogged table gateway_reports (
  gateway uuid primary key,
  reported_at timestamptz not null,
  report text not null
);

-- Whether a prompt's changes wait to be published is asked by their documents' keys.
create index outbox_document_key_idx on outbox (document_key);
