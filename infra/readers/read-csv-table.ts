export { readTable as readCsvTable } from './read-table.ts';
export type { TableOptions } from './read-table.ts';
