import { type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';

/** What a render's path and query name. */
export interface Target {
  readonly slugOrId: string;
  /** A number or a tag; undefined: the live version. */
  readonly version: string | undefined;
  readonly teamId: string | undefined;
}

/** Control characters, and halves of surrogate pairs. */
const CONTROLS_OR_HALVES = /[\p{Cc}\p{Cs}]/u;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns the id in the spelling of the feed, or undefined for text that is no id */
export function asId(text: string): string | undefined {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? lower : undefined;
}

/**
 * Whether a text can be a slug at all; what cannot is asked for nowhere. The control plane's slugs are up to
 * 255 letters, digits and `_`: this lets more through, except for what a store of documents may choke on.
 */
export function canBeSlug(text: string): boolean {
  return text.length <= LIMITS.slugLength && !CONTROLS_OR_HALVES.test(text);
}

/**
 * @param path of one of the two render routes, as it was sent
 * @param query without the question mark
 */
export function readTarget(path: string, query: string): Target | Refusal {
  const parts = path.split('/');
  const slugOrId = unescapePart(parts[3]);
  if (slugOrId === undefined || slugOrId === '') return refusal.promptNotFound;
  let version: string | undefined;
  if (parts[4] === 'versions') {
    version = unescapePart(parts[5]);
    if (version === undefined) return refusal.versionNotFound;
  }
  const team = new URLSearchParams(query).get('team_id');
  if (team === null || team === '') return { slugOrId, version, teamId: undefined };
  const teamId = asId(team);
  return teamId === undefined ? refusal.invalidId : { slugOrId, version, teamId };
}

function unescapePart(part: string | undefined): string | undefined {
  if (part === undefined || !part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
