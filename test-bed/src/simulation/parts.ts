import { Publisher } from '@px0/control-plane';
import * as renderGateway from '@px0/render-gateway/parts';

/** What of px0 runs in a simulation. Any of it may be replaced by a faulty one, to see whether the fault is found. */
export type Parts = typeof renderGateway & { readonly Publisher: typeof Publisher };

export const PARTS: Parts = { ...renderGateway, Publisher };
