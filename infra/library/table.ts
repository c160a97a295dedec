/** `penumbra/table`: columns as the measures take them, from plain arrays. */
export { column, type CellValues } from './column.ts';
export { TEST, TRAIN, VALIDATION, type CategoryColumn, type Column, type Grouping, type NumberColumn, type Table } from '../../models/table.ts';
