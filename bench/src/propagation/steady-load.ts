/** Words between the bench and the process that loads the gateways meanwhile. */

export type ToSteadyLoad =
  | {
      readonly kind: 'begin';
      readonly urls: readonly string[];
      readonly key: string;
      readonly body: string;
      readonly connections: number;
      /** To each URL. */
      readonly requestsPerSecond: number;
    }
  | { readonly kind: 'end' };

export type FromSteadyLoad =
  | { readonly kind: 'begun' }
  | {
      readonly kind: 'ended';
      /** Answered with 2xx; and answered otherwise, or not at all. */
      readonly requests: number;
      readonly failures: number;
    };
