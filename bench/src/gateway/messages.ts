/** Words between the bench and the processes that it starts. */

export interface Load {
  readonly url: string;
  readonly key: string;
  readonly body: string;
  readonly connections: number;
  readonly pipelining: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 200, broken connections and time-outs. */
  readonly failures: number;
}

export type ToChild =
  | { readonly kind: 'load'; readonly load: Load }
  | { readonly kind: 'askCpu' }
  | { readonly kind: 'stop' };

export type FromChild =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'result'; readonly result: LoadResult }
  /** Processor time that the whole process has used so far, in seconds. */
  | { readonly kind: 'cpu'; readonly seconds: number };
