import type { Rows } from '../row.js';

// biome-ignore format: columns
export const memberRows: Rows = {
};
