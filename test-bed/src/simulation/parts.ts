import * as controlPlane from '@px0/control-plane';
import * as renderGateway from '@px0/render-gateway/parts';

/** What of px0 runs in a simulation. */
const { Publisher } = controlPlane;
const {
  DocumentCache,
  DocumentScreen,
  Evictions,
  FeedFollower,
  FoundAnswers,
  heapOfVersion,
  holdVersion,
  knownFeed,
  LookUpDesk,
  PoolDesk,
  Refusals,
  Renderer,
  ReportDesk,
  StalenessWatch,
} = renderGateway;

export const PARTS = {
  Publisher,
  DocumentCache,
  DocumentScreen,
  Evictions,
  FeedFollower,
  FoundAnswers,
  heapOfVersion,
  holdVersion,
  knownFeed,
  LookUpDesk,
  PoolDesk,
  Refusals,
  Renderer,
  ReportDesk,
  StalenessWatch,
} as const;

/** Any of it may be replaced by a faulty one, to see whether the fault is found. */
export type Parts = typeof PARTS;
