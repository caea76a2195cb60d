import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Account,
  call,
  createAccount,
  createPrompt,
  expectStatus,
  type Prompt,
  publish,
  type Server,
  startControlPlane,
  startGateway,
  startPostgres,
  startRedis,
} from '@px0/test-bed';
import { type Child, startChild } from '../measuring/child.js';
import { Prober } from './prober.js';
import type { FromSteadyLoad, ToSteadyLoad } from './steady-load.js';

export interface PropagationOptions {
  readonly gateways: number;
  readonly promotes: number;
  readonly revocations: number;
  /** Requests per second that each gateway answers meanwhile; 0: none. */
  readonly load: number;
}

/** Milliseconds, one for each change, or for each change and gateway. */
export interface PropagationFigures {
  /** From sending a promote to having its answer. */
  readonly promoteAnswered: readonly number[];
  /** From sending a promote to the first answer of each gateway that is of the new version. */
  readonly promoteServed: readonly number[];
  /** From sending a promote that waits for all gateways to its answer. */
  readonly promoteWaited: readonly number[];
  /** From having the answer to a revocation to the first refusal of each gateway; 0 for one that came before. */
  readonly revokeRefused: readonly number[];
  readonly load: { readonly requests: number; readonly failures: number; readonly seconds: number };
}

/** Up to so many milliseconds between two changes, so that they meet the other parts in every phase. */
const LONGEST_PAUSE = 30;
/** Promotes that are asked to wait, for each one that is not. */
const WAITED_SHARE = 0.25;
/** Changes that are not counted: connections, caches and the compiler get ready. */
const WARM_UP = 10;
const CONNECTIONS = 8;

/**
 * Measures how long a change takes from the control plane to gateways that are under load, all of them
 * processes of their own, with the feed in Redis.
 * @throws {Error} if a change does not arrive within ten seconds
 */
export async function measurePropagation(options: PropagationOptions): Promise<PropagationFigures> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const postgres = await startPostgres();
    closing.push(() => postgres.stop());
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const neighbours = { databaseUrl: postgres.url, redis: { url: redis.url, prefix: 'bench' } };
    const control = await startControlPlane(neighbours, { PX0_LIMITS: 'off' });
    closing.push(() => control.stop());
    const gateways: Server[] = [];
    for (let index = 0; index < options.gateways; index += 1) {
      const gateway = await startGateway(neighbours, { PX0_SNAPSHOT_FILE: 'none', LOG_LEVEL: 'warn' });
      closing.push(() => gateway.stop());
      gateways.push(gateway);
    }
    const account = await createAccount(control.url, control.output);
    const loaded = await createPrompt(control.url, account, 'Under load');
    await publish(control.url, account, loaded, 'Hello {{.name}}');
    const prompt = await createPrompt(control.url, account, 'Changing');
    await publish(control.url, account, prompt, 'one');
    await publish(control.url, account, prompt, 'two');

    const probers = gateways.map(({ url }) => new Prober(`${url}/v1/prompts/${prompt.slug}/render`));
    closing.push(() => Promise.all(probers.map((prober) => prober.close())));
    const scene: Scene = { control: control.url, account, prompt, probers };
    await Promise.all(probers.map((prober) => prober.until(account.key, ({ version }) => version === 2)));

    const steady: Child<ToSteadyLoad, FromSteadyLoad> = startChild(
      new URL('./steady-load-process.js', import.meta.url),
    );
    closing.push(() => steady.stop());
    await steady.ask(undefined, 'ready');
    const urls = gateways.map(({ url }) => `${url}/v1/prompts/${loaded.slug}/render`);
    const body = JSON.stringify({ variables: { name: 'Ada' } });
    const load = { key: account.key, body, connections: CONNECTIONS, requestsPerSecond: options.load };
    if (options.load > 0) await steady.ask({ kind: 'begin', urls, ...load }, 'begun');
    const begin = performance.now();

    await measurePromotes(scene, WARM_UP, '');
    const { answered, served } = await measurePromotes(scene, options.promotes, '');
    const waited = await measurePromotes(scene, Math.ceil(options.promotes * WAITED_SHARE), '?wait=10000');
    await measureRevocations(scene, WARM_UP);
    const refused = await measureRevocations(scene, options.revocations);

    const { requests, failures } = await steady.ask({ kind: 'end' }, 'ended');
    return {
      promoteAnswered: answered,
      promoteServed: served,
      promoteWaited: waited.answered,
      revokeRefused: refused,
      load: { requests, failures, seconds: (performance.now() - begin) / 1000 },
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

interface Scene {
  readonly control: string;
  readonly account: Account;
  /** Versions 1 and 2 take turns at being live; 2 is live before the first promote. */
  readonly prompt: Prompt;
  readonly probers: readonly Prober[];
}

/** An even number of promotes, so that version 2 is live after them as before. */
async function measurePromotes({ control, account, prompt, probers }: Scene, count: number, query: string) {
  const answered: number[] = [];
  const served: number[] = [];
  for (let index = 0; index < count || index % 2 === 1; index += 1) {
    await sleep(Math.random() * LONGEST_PAUSE);
    const version = 1 + (index % 2);
    const path = `/v1/prompts/${prompt.id}/versions/${version}/promote${query}`;
    const begin = performance.now();
    const arrivals = probers.map((prober) => prober.until(account.key, (probe) => probe.version === version));
    expectStatus(200, await call(control, 'POST', path, { token: account.session }));
    answered.push(performance.now() - begin);
    for (const arrival of await Promise.all(arrivals)) served.push(arrival - begin);
  }
  return { answered, served };
}

async function measureRevocations({ control, account, probers }: Scene, count: number): Promise<number[]> {
  const refused: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const body = {
      name: 'to be revoked',
      org_id: account.orgId,
      team_ids: [account.teamId],
      operation: 'all',
    };
    const token = account.session;
    const made = await call(control, 'POST', '/v1/api-keys', { token, body });
    const { id, key } = expectStatus(201, made) as { id: string; key: string };
    await Promise.all(probers.map((prober) => prober.until(key, ({ status }) => status === 200)));
    await sleep(Math.random() * LONGEST_PAUSE);
    const arrivals = probers.map((prober) => prober.until(key, ({ status }) => status === 401));
    expectStatus(204, await call(control, 'DELETE', `/v1/api-keys/${id}`, { token }));
    const answered = performance.now();
    for (const arrival of await Promise.all(arrivals)) refused.push(Math.max(0, arrival - answered));
  }
  return refused;
}
