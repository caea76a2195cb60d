/** How many revisions back the log reaches, at the least, in either house. */
export const LOG_LENGTH = 10_000;

/** The publisher rings at least this often, with nothing new too. Milliseconds. */
export const HEARTBEAT_INTERVAL = 1_000;

/** A subscriber that has heard nothing for this long takes its subscription for dead. Milliseconds. */
export const SILENCE_LIMIT = 3_000;

/** Names of the feed's parts in Redis. `prefix` lets several installations share one server. */
export function redisFeedLayout(prefix: string) {
  return {
    /** Hash: epoch, revision. Missing while no complete feed stands. */
    head: `${prefix}:feed:head`,
    /** Pub/sub channel of encoded messages. Channels know no databases, so the number of ours is in the name. */
    bell: (database: number) => `${prefix}:feed:bell:${database}`,
    /** Hash: document key → `<revision>:<body>`. Gone documents have no field. */
    documents: (epoch: string) => `${prefix}:feed:${epoch}:documents`,
    /**
     * Stream of at least the last LOG_LENGTH changes: entry `<revision>-0`, fields `key` and `previous`,
     * the revision of the entry before. So the oldest entry tells how far back the log reaches.
     */
    log: (epoch: string) => `${prefix}:feed:${epoch}:log`,
    /** Hash: id of an API key → when it was last used, in milliseconds of Unix time. */
    keyUses: `${prefix}:key-uses`,
    /** Hash: id of a gateway → `<when it reported, milliseconds of Unix time by the server's clock>:<report>`. */
    gateways: `${prefix}:gateways`,
  };
}

/** Names of the feed's parts in Postgres; the tables are made by the control plane's migrations. */
export const postgresFeedLayout = {
  head: 'feed_head',
  documents: 'feed_documents',
  keyUses: 'key_uses',
  gateways: 'gateway_reports',
  /** NOTIFY channel of encoded messages. */
  bell: 'px0_feed',
  /** Bytes that fit into one NOTIFY; a longer message goes without its documents. */
  bellLimit: 7_900,
} as const;
