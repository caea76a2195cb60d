/** What the gateway is made of, for those who run it in a simulation, or measure what its parts cost. */
export { elementsOf, membersOf } from './batch/json-outline.js';
