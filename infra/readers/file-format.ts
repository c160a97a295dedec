import { damagedErrors } from './damaged-error.ts';
import { startOfUtf16 } from './likely-encoding.ts';

export type FileFormat = 'csv' | 'blocks' | 'json-lines' | 'parquet' | 'arrow' | 'npz';

/** Formats by the end of a file's name; `.gz` may follow each. */
const EXTENSIONS: Readonly<Record<FileFormat, readonly string[]>> = {
  csv: ['csv', 'tsv', 'tab', 'txt', 'data', 'dat', 'test'],
  // Texts that are told by their first lines alone.
  blocks: [],
  'json-lines': ['jsonl', 'ndjson', 'json'],
  parquet: ['parquet', 'pq'],
  arrow: ['arrow', 'arrows', 'feather', 'ipc'],
  npz: ['npz'],
};

const FORMAT_WORDS: Readonly<Record<FileFormat, string>> = { csv: 'delimited text', blocks: 'labelled blocks', 'json-lines': 'JSON lines', parquet: 'a Parquet file', arrow: 'an Arrow file', npz: 'an npz file' };

/** First bytes of formats with a reader. */
const MAGIC: readonly (readonly [string, FileFormat])[] = [['PAR1', 'parquet'], ['ARROW1', 'arrow'], ['\u00ff\u00ff\u00ff\u00ff', 'arrow'], ['PK\u0003\u0004', 'npz'], ['PK\u0005\u0006', 'npz']];

const AS_CSV = 'export it as CSV or Parquet';

/** First bytes of formats without one: what it is, and what to do. */
const UNREAD: readonly (readonly [string, string, string])[] = [
  ['\u001f\u008b', 'gzip-compressed twice', 'unpack it once'], ['PARE', 'an encrypted Parquet file', 'write it without encryption'], ['FEA1', 'a Feather file of version 1', 'write it as version 2 (pyarrow.feather.write_feather)'],
  ['\u0093NUMPY', 'a single numpy array (npy)', 'save it as npz: numpy.savez(FILE, X=features, y=labels)'],
  ['\u0089PNG', 'a PNG picture', AS_CSV], ['\u00ff\u00d8\u00ff', 'a JPEG picture', AS_CSV], ['GIF8', 'a GIF picture', AS_CSV], ['%PDF', 'a PDF document', AS_CSV], ['\u00d0\u00cf\u0011\u00e0', 'an old Excel workbook (xls)', AS_CSV],
  ['SQLite format 3', 'an SQLite database', AS_CSV], ['\u0089HDF', 'an HDF5 file', AS_CSV], ['ORC', 'an ORC file', AS_CSV], ['Obj\u0001', 'an Avro file', AS_CSV], ['\u0080\u0004\u0095', 'a Python pickle', AS_CSV],
  ['BZh', 'bzip2-compressed', 'unpack it, or compress it with gzip'], ['\u00fd7zXZ', 'xz-compressed', 'unpack it, or compress it with gzip'], ['\u0028\u00b5\u002f\u00fd', 'zstd-compressed', 'unpack it, or compress it with gzip'], ['7z\u00bc\u00af', 'a 7z archive', 'unpack it'], ['Rar!', 'a RAR archive', 'unpack it'],
];

/** Ends of names of formats without a reader, for a word before anything is opened. */
const UNREAD_EXTENSION = /\.(xlsx?|ods|arff|zip|tar|tgz|7z|rar|bz2|xz|zst|h5|hdf5|npy|mat|pkl|pickle|sav|sas7bdat|dta|rds|rdata|db|sqlite3?|avro|orc|pdf|docx?|html?|xml|png|jpe?g|gif|bmp|svg)$/i;

export function isUnreadName(name: string): boolean {
  return UNREAD_EXTENSION.test(name);
}

export const READ_EXTENSIONS: string = Object.values(EXTENSIONS).flat().map((each) => `.${each}`).join(', ');

export function isGzipName(name: string): boolean {
  return /\.gz$/i.test(name);
}

/** The format that a name promises; null when its end is none that is known. */
export function formatOfName(name: string): FileFormat | null {
  const end = /\.([^./\\]+)$/.exec(name.replace(/\.gz$/i, ''))?.[1]?.toLowerCase() ?? '';
  for (const [format, ends] of Object.entries(EXTENSIONS)) if (ends.includes(end)) return format as FileFormat;
  return null;
}

/**
 * The format of a file from its name and first bytes (of what it holds, when it is compressed).
 * @throws ReaderError `wrong-format` when the two disagree, `not-built` when there is no reader for it, `json` for a JSON array.
 */
export function formatOf(file: string, head: Uint8Array): FileFormat {
  const named = formatOfName(file), text = Buffer.from(head).toString('latin1');
  const found = MAGIC.find(([magic]) => text.startsWith(magic))?.[1] ?? null;
  if (found === 'npz' && text.includes('[Content_Types].xml')) throw damagedErrors.unread(file, 'an Excel workbook (xlsx) or an Office document', AS_CSV);
  const format = found ?? textFormat(file, text, head, named);
  if (named === null || named === format) return format;
  // A file that is cut off before its first byte of content says so itself.
  if (head.length === 0) return named;
  throw damagedErrors.wrongFormat(file, FORMAT_WORDS[format], FORMAT_WORDS[named], `give it the name that it should have (${EXTENSIONS[format].slice(0, 2).map((end) => `.${end}`).join(' or ')}), or name the right file in data.path`);
}

function textFormat(file: string, text: string, head: Uint8Array, named: FileFormat | null): FileFormat {
  const unread = UNREAD.find(([magic]) => text.startsWith(magic));
  if (unread !== undefined) throw damagedErrors.unread(file, unread[1], unread[2]);
  const start = text.replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  if (/^@relation\b/i.test(start)) throw damagedErrors.unread(file, 'an ARFF file', 'export it as CSV: put the names of its attributes into one header line, and the lines after @data below it');
  if (/^\[\s*[[{]/.test(start)) throw damagedErrors.jsonArray(file);
  if (/^\{\s*("|\}|$)/.test(start)) return 'json-lines';
  if (/^<(!doctype html|html|\?xml)/i.test(start)) throw damagedErrors.unread(file, 'a web page or XML', 'download the data itself, or export it as CSV');
  if (named !== 'json-lines' && startOfUtf16(head) === null && head.subarray(0, 512).includes(0)) throw damagedErrors.unread(file, 'no text: it holds zero bytes', AS_CSV);
  return named === 'json-lines' ? 'json-lines' : 'csv';
}
