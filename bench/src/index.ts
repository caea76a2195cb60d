export type { GatewayFigures } from './gateway/figures.js';
export { measureGateway } from './gateway/measure.js';
