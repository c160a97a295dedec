import { profileColumn } from '../../../models/encode/profile-column.ts';
import { identifierReason } from '../../../models/encode/identifier.ts';
import { locateData } from '../../guess/locate-data.ts';
import { readData } from '../../guess/read-data.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { describeText } from './describe-text.ts';

export interface DescribeOptions {
  readonly all?: boolean;
}

/** Reads a file as an audit without a configuration would, and shows what its columns hold. */
export async function describeData(file: string, { all = false }: DescribeOptions, output: Output): Promise<number> {
  const { location } = await locateData(file, output.say);
  const { table, rows, reading } = await readData(location);
  const columns = table.columns.map((column) => profileColumn(column, [], identifierReason(column)));
  const { encoding, columns: names } = reading;
  output.result({ file, rows, profiled: table.rows, columns, reading: { encoding, columns: names, notes: reading.notes } }, describeText({ file, rows, profiled: table.rows, columns, notes: reading.notes, all }));
  return EXIT.done;
}
