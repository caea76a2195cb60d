/** A request, sent over and over. */
export interface HttpRequest {
  readonly url: string;
  /** API key, sent as a bearer token. */
  readonly key: string;
  /** Sent in turn, over all connections together; at least one. */
  readonly bodies: readonly string[];
}

/** Load of so many connections, each of which sends again as soon as it is answered. */
export interface ClosedLoad extends HttpRequest {
  readonly connections: number;
  /** Requests under way on each connection. */
  readonly pipelining: number;
  readonly seconds: number;
}

/** Milliseconds; NaN: not known. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 2xx, broken connections and time-outs. */
  readonly failures: number;
  /** From sending a request to having its answer; with pipelining, those of a batch. */
  readonly latencies: Latencies;
  /** Processor time that the generator used, in seconds; undefined where that cannot be told. */
  readonly generatorSeconds: number | undefined;
}

/** What makes a closed load. */
export interface LoadGenerator {
  readonly name: string;
  readonly version: string;
  run(load: ClosedLoad): Promise<LoadResult>;
  stop(): Promise<void>;
}
