/** Where the gateway stands, as `GET /v1/health/ready` tells it. */
export interface Readiness {
  readonly ready: boolean;
  /** By name: `OK`, or what is the matter. */
  readonly dependencies: Readonly<Record<string, string>>;
}
