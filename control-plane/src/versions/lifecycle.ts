import type { ErrorCode } from '../http/error-catalogue.js';
import type { Action } from '../http/policy.js';
import type { Status } from './version-schemas.js';

/** What can be done to a version's status. */
export type Verb = 'promote' | 'demote' | 'archive';

interface Step {
  readonly to: Status;
  readonly action: Action;
}

/** The life of a version, as verbs × statuses: where a step leads and who may take it. No step: refused. */
export const LIFECYCLE: Readonly<
  Record<Verb, { readonly steps: Readonly<Record<Status, Step | null>>; readonly refusal: ErrorCode }>
> = {
  promote: {
    steps: {
      draft: { to: 'stable', action: 'versions.promote_to_stable' },
      stable: { to: 'live', action: 'versions.promote_to_live' },
      live: null,
      archived: null,
    },
    refusal: 'cannot_promote',
  },
  demote: {
    steps: {
      draft: null,
      stable: null,
      live: { to: 'stable', action: 'versions.demote' },
      archived: null,
    },
    refusal: 'only_live_demoted',
  },
  archive: {
    steps: {
      draft: { to: 'archived', action: 'versions.archive' },
      stable: { to: 'archived', action: 'versions.archive' },
      live: { to: 'archived', action: 'versions.archive' },
      archived: null,
    },
    refusal: 'already_archived',
  },
};
