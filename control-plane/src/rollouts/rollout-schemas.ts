import Type, { type Static } from 'typebox';
import { TeamId } from '../prompts/prompt-schemas.js';
import { Version } from '../versions/version-schemas.js';

/** The longest time that an answer waits for gateways. Milliseconds. */
const LONGEST_WAIT = 30_000;

const Refused = Type.Object(
  {
    gateway: Type.String({ description: 'An id that it has until it ends.' }),
    host: Type.String({ description: 'Name of the machine that it runs on.' }),
    document: Type.String({
      description: 'What it refuses: prompt:<id> or version:<id of the prompt>:<number>.',
    }),
    revision: Type.Integer(),
    reason: Type.String(),
  },
  { title: 'RefusedDocument' },
);

function orNull(description: string) {
  return Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description });
}

/** How far a change of a prompt has come. */
export const Rollout = Type.Object(
  {
    feed: Type.Enum(['published', 'pending', 'unreachable'], {
      description:
        'Where the change is: in the feed that gateways follow, not there yet, or unknown while the feed cannot be reached. It is committed in any case, and reaches them by and by.',
    }),
    revision: orNull(
      'That of the feed which carries the change, or a later one; null unless it is published.',
    ),
    gateways: orNull(
      'How many live: have reported within 15 s, and have not stopped since. null while the feed is unreachable.',
    ),
    reached: orNull(
      'How many of them serve the change, on all their threads. null while the feed is unreachable.',
    ),
    refused: Type.Array(Refused, {
      description:
        'Documents of this prompt that gateways cannot use. They go on with the state before, if they had one.',
    }),
  },
  { title: 'Rollout' },
);
export type Rollout = Static<typeof Rollout>;

export const RolloutAnswer = Type.Object({ rollout: Rollout });
export const VersionRolloutAnswer = Type.Object({ version: Version, rollout: Rollout });

const Wait = Type.String({
  pattern: `^0*([0-9]{1,4}|[12][0-9]{4}|${LONGEST_WAIT})$`,
  description: `Milliseconds, ${LONGEST_WAIT} at most, that the answer waits until every live gateway serves the change, or refuses it. By default it tells at once what is known.`,
});
export const WaitQuery = Type.Object({ wait: Type.Optional(Wait) });
export const RolloutQuery = Type.Object({ wait: Type.Optional(Wait), team_id: Type.Optional(TeamId) });

/** @returns milliseconds */
export function waitOf({ wait = '0' }: { wait?: string | undefined }): number {
  return Number(wait);
}
