import { randomUUID } from 'node:crypto';
import { type Clock, documentKey, encodeDocument, type FeedDocument, steadyClock } from '@px0/contract';
import { compile } from '@px0/template-engine';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { LIMITS } from '#limits.js';
import { createCounters } from '#metrics/counters.js';
import { RenderPool, type RenderPoolOptions } from '#pool/render-pool.js';
import { ownBytes } from '#render/own-bytes.js';
import type { PoolOutcome } from '#render/pool-order.js';

const MIB = 1024 * 1024;

/** Nobody tires of waiting for a thread, which on a busy machine may take long to start. */
const patientClock: Clock = {
  ...steadyClock,
  setTimeout: (run, delay) =>
    delay === LIMITS.poolPatience || delay === LIMITS.poolStart
      ? undefined
      : steadyClock.setTimeout(run, delay),
};

/** A pool with real threads, over documents that a test puts there. */
export function poolUnderTest(options: Partial<RenderPoolOptions> = {}) {
  const documents = new Map<string, FeedDocument>();
  const counters = createCounters();
  const log: Record<string, unknown>[] = [];
  const pool = new RenderPool({
    threads: 1,
    queue: 8,
    memory: 256 * MIB,
    timeout: 10_000,
    find: (key) => Promise.resolve(documents.get(key) ?? null),
    onUnreadable: () => {},
    counters,
    clock: patientClock,
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    ...options,
  });
  onTestFinished(() => pool.close());

  /** @returns the key of a version with the template */
  function version(template: string): string {
    const prompt_id = randomUUID();
    const key = documentKey.version(prompt_id, 1);
    const program = compile(template, { name: 't' });
    const body = encodeDocument({
      kind: 'version',
      prompt_id,
      version: 1,
      program,
      missing: 'error',
      model: 'some/model',
      model_params: null,
    });
    documents.set(key, { key, revision: 1, body });
    return key;
  }

  function render(
    versionKey: string,
    { org = 'org', body = {} }: { org?: string; body?: unknown } = {},
  ): Promise<PoolOutcome> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const prompt = { slug: 'greeting', tags: { production: 1 } };
    return pool.render({ orgId: org, versionKey, prompt, body: ownBytes(text) });
  }

  return { pool, documents, counters, log, version, render };
}

/** @returns the text of an answer; what is refused as its code and detail */
export function read(outcome: PoolOutcome): unknown {
  if ('code' in outcome) return [outcome.code, outcome.detail];
  return JSON.parse(new TextDecoder().decode(outcome));
}
