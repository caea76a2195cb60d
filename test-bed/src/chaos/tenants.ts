import { call } from '../api-client.js';
import {
  type Account,
  createAccount,
  createPrompt,
  expectStatus,
  type Prompt,
  publish,
} from '../first-account.js';
import type { Question } from './questions.js';
import type { Serials } from './serials.js';

export const TAG = 'current';

/** An organization that is going to be deleted. */
export interface Doomed {
  readonly account: Account;
  readonly question: Question;
}

/** Who is there before anything goes wrong. */
export interface Tenants {
  readonly account: Account;
  /** The account's two teams. The account's key is for all teams. */
  readonly teams: readonly [string, string];
  /** Of one team only, the first. */
  readonly teamKey: string;
  /** Get new live versions. */
  readonly promoted: readonly Prompt[];
  /** Its tag is moved to newer versions. */
  readonly tagged: Prompt;
  /** Goes from team to team. */
  readonly wandering: Prompt;
  readonly doomed: readonly Doomed[];
}

/**
 * @param control base URL of a control plane
 * @param mailLog what the control planes have logged
 */
export async function settleTenants(
  control: string,
  mailLog: () => string,
  serials: Serials,
  doomedCount: number,
): Promise<Tenants> {
  const account = await createAccount(control, mailLog);
  const { session: token, orgId, teamId } = account;
  const { team } = expectStatus(
    201,
    await call(control, 'POST', `/v1/orgs/${orgId}/teams`, { token, body: { name: 'Second' } }),
  ) as { team: { id: string } };
  const makeKey = async (teams: string[]) => {
    const body = { name: 'a key', org_id: orgId, team_ids: teams };
    const answer = await call(control, 'POST', '/v1/api-keys', { token, body });
    return (expectStatus(201, answer) as { key: string }).key;
  };
  const makePrompt = async (owner: Account, name: string) => {
    const prompt = await createPrompt(control, owner, name);
    await publish(control, owner, prompt, String(serials.next()));
    return prompt;
  };
  const promoted = [];
  for (const name of ['First', 'Second', 'Third']) promoted.push(await makePrompt(account, name));
  const tagged = await makePrompt(account, 'Tagged');
  const tags = `/v1/prompts/${tagged.id}/versions/1/tags`;
  expectStatus(200, await call(control, 'POST', tags, { token, body: { tag: TAG } }));
  const wandering = await makePrompt(account, 'Wandering');
  const doomed: Doomed[] = [];
  for (let number = 1; number <= doomedCount; number++) {
    const victim = await createAccount(control, mailLog);
    const { slug } = await makePrompt(victim, 'Doomed');
    const subject = { name: `the prompt of organization ${number}, which is deleted by and by` };
    doomed.push({ account: victim, question: { subject, path: livePath(slug), key: victim.key } });
  }
  return {
    account: { ...account, key: await makeKey([]) },
    teams: [teamId, team.id],
    teamKey: await makeKey([teamId]),
    promoted,
    tagged,
    wandering,
    doomed,
  };
}

/** @param reference a slug or an id */
export function livePath(reference: string): string {
  return `/v1/prompts/${reference}/render`;
}

/** What is asked about those who stay. */
export function questionsAbout(tenants: Tenants): Question[] {
  const { account, teamKey, promoted, tagged, wandering } = tenants;
  const { key } = account;
  return [
    ...promoted.map(({ slug }) => ({
      subject: { name: `the live version of ${slug}`, sequence: slug },
      path: livePath(slug),
      key,
    })),
    ...promoted.slice(0, 1).map(({ id, slug }) => ({
      subject: { name: `the live version of ${slug} by id`, sequence: slug },
      path: livePath(id),
      key,
    })),
    {
      subject: { name: `${tagged.slug} by its tag`, sequence: tagged.slug },
      path: `/v1/prompts/${tagged.slug}/versions/${TAG}/render`,
      key,
    },
    { subject: { name: 'the wandering prompt' }, path: livePath(wandering.slug), key },
    { subject: { name: 'the wandering prompt by id' }, path: livePath(wandering.id), key },
    {
      subject: { name: 'the wandering prompt for the key of one team', comesAndGoes: true },
      path: livePath(wandering.slug),
      key: teamKey,
    },
  ];
}
