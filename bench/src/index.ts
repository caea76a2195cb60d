export { type GatewayFigures, measureGateway } from './gateway/measure.js';
