import type { FastifyInstance } from 'fastify';
import type { Action } from './policy.js';

const KIB = 1024;

/** Bytes of a request's body. Room for a template of 256 KiB in JSON escapes, and variables. */
export const BODY_LIMIT = 2 * 1024 * KIB;

type Subject<A extends Action> = A extends `${infer Name}.${string}` ? Name : never;

/** What is about people holds a few names and addresses. */
const PEOPLE = 16 * KIB;

const LIMITS: Readonly<Partial<Record<Subject<Action>, number>>> = {
  accounts: PEOPLE,
  sessions: PEOPLE,
  me: PEOPLE,
  passwords: PEOPLE,
  organizations: PEOPLE,
  teams: PEOPLE,
  members: PEOPLE,
  join_requests: PEOPLE,
  // Room for the ids of 1,000 teams.
  api_keys: 64 * KIB,
};

/** Bounds the bodies of each route by what it is about, unless it says so itself. Call before routes are added. */
export function limitBodies(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const subject = route.config?.action?.split('.')[0] as Subject<Action> | undefined;
    const limit = subject === undefined ? undefined : LIMITS[subject];
    if (limit !== undefined) route.bodyLimit ??= limit;
  });
}
