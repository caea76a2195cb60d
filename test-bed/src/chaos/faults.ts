import type { ChaosProgram } from './chaos-program.js';
import type { Installation } from './installation.js';
import type { Journal } from './journal.js';
import type { Link } from './link.js';

/** Something that goes wrong for a while. */
export interface Fault {
  readonly kind: 'store' | 'program' | 'link';
  /** What it befalls: one fault at a time. */
  readonly victim: string;
  readonly name: string;
  begin(): Promise<void> | void;
  /** Undefined for what is over as soon as it has begun. */
  end?(): Promise<void> | void;
}

/** The copies that faults take, and bring back. */
export interface Copies {
  /** Postgres was copied. */
  copied(): void;
  /** Postgres is about to be brought back as it was when it was copied. */
  restored(): void;
}

/** Everything that can go wrong. */
export function faultsOf(installation: Installation, copies: Copies): Fault[] {
  const { controlPlanes, gateways, linksToPostgres, linksToRedis } = installation;
  return [
    ...redisFaults(installation),
    ...postgresFaults(installation, copies),
    ...[...controlPlanes, ...gateways].flatMap(programFaults),
    ...[...linksToPostgres, ...linksToRedis].flatMap(linkFaults),
  ];
}

function redisFaults({ redis }: Installation): Fault[] {
  const kind = 'store';
  const victim = 'Redis';
  return [
    {
      kind,
      victim,
      name: 'killed, and comes back empty',
      begin: () => redis.kill(),
      end: () => redis.start({ empty: true }),
    },
    {
      kind,
      victim,
      name: 'killed, and comes back as it was when it was saved last',
      begin: () => redis.kill(),
      end: () => redis.start(),
    },
    { kind, victim, name: 'saved', begin: () => redis.save() },
    { kind, victim, name: 'FLUSHALL', begin: () => redis.flush() },
    { kind, victim, name: 'stopped', begin: () => redis.pause(), end: () => redis.resume() },
  ];
}

function postgresFaults(installation: Installation, copies: Copies): Fault[] {
  const { postgres } = installation;
  const kind = 'store';
  const victim = 'Postgres';
  return [
    {
      kind,
      victim,
      name: 'killed',
      begin: () => postgres.kill(),
      end: () => installation.startPostgres(),
    },
    { kind, victim, name: 'stopped', begin: () => postgres.pause(), end: () => postgres.resume() },
    {
      kind,
      victim,
      name: 'killed, copied and started',
      begin: async () => {
        await postgres.kill();
        await postgres.copy();
        copies.copied();
      },
      end: () => installation.startPostgres(),
    },
    {
      kind,
      victim,
      name: 'killed, and comes back as it was when it was copied last',
      begin: async () => {
        await postgres.kill();
        copies.restored();
        await postgres.restore();
      },
      end: () => installation.startPostgres(),
    },
  ];
}

function programFaults(program: ChaosProgram): Fault[] {
  const kind = 'program';
  const victim = program.name;
  return [
    { kind, victim, name: 'killed', begin: () => program.kill(), end: () => program.start() },
    { kind, victim, name: 'stopped', begin: () => program.pause(), end: () => program.resume() },
  ];
}

function linkFaults(link: Link): Fault[] {
  const kind = 'link';
  const victim = link.name;
  return [
    { kind, victim, name: 'cut', begin: () => link.cut(), end: () => link.mend() },
    { kind, victim, name: 'stalled', begin: () => link.stall(), end: () => link.mend() },
    {
      kind,
      victim,
      name: 'connections closed',
      begin: () => {
        link.cut();
        link.mend();
      },
    },
  ];
}

/** Lets a fault come and go. */
export async function befall(fault: Fault, hold: () => Promise<void>, journal: Journal): Promise<void> {
  const what = `${fault.victim}: ${fault.name}`;
  journal.event(what);
  await fault.begin();
  if (fault.end === undefined) return;
  await hold();
  await fault.end();
  journal.event(`over: ${what}`);
}
