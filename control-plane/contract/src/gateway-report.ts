/**
 * What gateways tell of themselves, so that the control plane can say how far a change has come: each
 * leaves a report in the feed's house when it changes and at least every {@link REPORT_INTERVAL}, and
 * takes it away when it stops in order. FEED.md tells more.
 */

/** Between two reports of a gateway of which nothing else is to be told. Milliseconds. */
export const REPORT_INTERVAL = 5_000;

/** A gateway that has not reported for so long, by the store's clock, is gone. Milliseconds. */
export const REPORT_LIFE = 15_000;

/** Refused documents that a report lists at the most, and the characters of each reason. */
export const REFUSALS_LISTED = 100;
export const REASON_LENGTH = 300;

/** A document that a gateway cannot use: it goes on with the state before, where it has one. */
export interface RefusedDocument {
  readonly key: string;
  /** The revision of the state that is refused. */
  readonly revision: number;
  /** What is wrong with it. Names nothing beside the document itself. */
  readonly reason: string;
}

/** How far a gateway is. */
export interface GatewayReport {
  /** Made anew at each start. */
  readonly gateway: string;
  /** Name of the machine. */
  readonly host: string;
  /** Of the feed that it follows; null until it has read one. */
  readonly epoch: string | null;
  /** Up to where all its threads have applied the feed; null until then. Comparable across epochs. */
  readonly revision: number | null;
  /** Those refused last, {@link REFUSALS_LISTED} at the most. */
  readonly refused: readonly RefusedDocument[];
}

/** The gateway's half. Rejects with {@link FeedUnavailableError} when the store does not answer. */
export interface GatewayReporter {
  report(report: GatewayReport): Promise<void>;
  /** The gateway ends: takes its report away. */
  remove(gateway: string): Promise<void>;
  close(): Promise<void>;
}

/** @returns the text under which a report stands in the store */
export function encodeReport({ gateway, host, epoch, revision, refused }: GatewayReport): string {
  return JSON.stringify({ gateway, host, epoch, revision, refused });
}

/** @returns the report, or undefined for text that is none: the store is shared ground */
export function decodeReport(text: string): GatewayReport | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed)) return undefined;
  const { gateway, host, epoch, revision, refused } = parsed;
  if (typeof gateway !== 'string' || typeof host !== 'string') return undefined;
  if (epoch !== null && typeof epoch !== 'string') return undefined;
  if (revision !== null && !isRevision(revision)) return undefined;
  if (!Array.isArray(refused) || !refused.every(isRefusedDocument)) return undefined;
  return { gateway, host, epoch, revision, refused: refused.slice(0, REFUSALS_LISTED) };
}

function isRefusedDocument(value: unknown): value is RefusedDocument {
  return (
    isRecord(value) &&
    typeof value.key === 'string' &&
    isRevision(value.revision) &&
    typeof value.reason === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
