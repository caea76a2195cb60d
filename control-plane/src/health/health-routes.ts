import Type, { type TSchema } from 'typebox';
import type { App } from '../http/app.js';
import { Refusal } from '../http/error-catalogue.js';
import { answers, errorAnswer } from '../http/openapi.js';

const tags = ['health'];

/** Something that the control plane leans on. */
interface Dependency {
  readonly name: string;
  /** Whether requests fail without it. Otherwise its absence is told, and readiness stays. */
  readonly isVital: boolean;
  /** Resolves when it answers. */
  probe(): Promise<unknown>;
}

/** Milliseconds that a dependency may take to answer. */
const PROBE_TIMEOUT = 2_000;

const Dependencies = Type.Record(Type.String(), Type.Enum(['OK', 'unreachable']));
const Readiness = Type.Object({ status: Type.Literal('OK'), dependencies: Dependencies });
const Unreadiness = { status: Type.Literal('unavailable'), dependencies: Dependencies };
const readinessAnswers: Record<number, TSchema> = {
  ...answers({ 200: Readiness }, [], []),
  503: errorAnswer(['unavailable'], Unreadiness),
};

/**
 * Whether the process lives, and whether it can serve requests.
 *
 * @param dependencies what is probed; without a vital one the process is not ready
 */
export function addHealthRoutes(app: App, dependencies: readonly Dependency[]): void {
  app.get(
    '/v1/health',
    {
      config: { action: 'health.read' },
      schema: {
        operationId: 'readHealth',
        tags,
        summary: 'Whether the process lives',
        response: answers({ 200: Type.Object({ status: Type.Literal('OK') }) }, [], []),
      },
    },
    async () => ({ status: 'OK' }),
  );

  app.get(
    '/v1/health/ready',
    {
      config: { action: 'health.read' },
      schema: {
        operationId: 'readReadiness',
        tags,
        summary: 'Whether requests can be served, and what is missing',
        description:
          'Without the feed the API works, and what it changes reaches the gateways once the feed is back: that is told here, and is no reason for 503.',
        response: readinessAnswers,
      },
    },
    async (_request, reply) => {
      const reachable = await Promise.all(dependencies.map(isReachable));
      const told = Object.fromEntries(
        dependencies.map(({ name }, index) => [
          name,
          reachable[index] ? ('OK' as const) : ('unreachable' as const),
        ]),
      );
      if (dependencies.every(({ isVital }, index) => reachable[index] || !isVital)) {
        return { status: 'OK', dependencies: told };
      }
      const { status, body } = new Refusal('unavailable', {
        beside: { status: 'unavailable', dependencies: told },
      });
      return reply.code(status).send(body);
    },
  );
}

async function isReachable({ probe }: Dependency): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PROBE_TIMEOUT);
  });
  const answer = probe().then(
    () => true,
    () => false,
  );
  const reached = await Promise.race([answer, timeout]);
  clearTimeout(timer);
  return reached;
}
