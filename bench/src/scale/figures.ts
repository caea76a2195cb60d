import type { Machine } from '../measuring/machine.js';
import type { Range } from '../measuring/statistics.js';

/** Where what a first render needs is, when the worker thread lacks it. */
export type Place = 'primary' | 'feed';
/**
 * Those, and what they are compared with: a prompt that the worker thread holds, for it has rendered it before,
 * and a bare server that asks Redis once.
 */
export type Source = Place | 'worker' | 'peer';
/** What the gateway does beside. */
export type Company = 'alone' | 'under load';

/** Renders of prompts that were never asked for before, or what they are compared with, one after the other. Milliseconds, over rounds. */
export interface MissFigures {
  readonly place: Source;
  readonly company: Company;
  readonly p50: Range;
  readonly p99: Range;
  readonly max: Range;
}

export interface ScaleFigures {
  readonly machine: Machine;
  readonly prompts: number;
  readonly documents: number;
  /** Characters of a version's document, on average. */
  readonly versionLength: number;
  /** From the start of a gateway's process until it was ready. */
  readonly reading: {
    readonly seconds: Range;
    readonly documentsPerSecond: Range;
    /** Bytes of memory, once it was ready: then, and the most until then. */
    readonly resident: Range;
    readonly mostResident: Range;
  };
  /** Requests per second beside the renders that are measured under load. */
  readonly load: number;
  readonly misses: readonly MissFigures[];
  readonly templates: {
    /** Prompts that were rendered once. */
    readonly rendered: number;
    /** Bytes that lived in the worker's heap for each of them, with all that belongs to it there. */
    readonly heapOfEach: number;
  };
  readonly bound: {
    readonly templateCacheBytes: number;
    /** Bytes that live in the worker's heap before any, and after all prompts were rendered. */
    readonly heapBefore: number;
    readonly heapAfter: number;
    /** Bytes of the process before any, and after each tenth of the prompts. */
    readonly resident: readonly number[];
  };
}
