export { BENCHES } from './benches.js';
