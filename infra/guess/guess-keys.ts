import { identifierReason } from '../../models/encode/identifier.ts';
import { quoted, type KnownColumn } from './column-facts.ts';
import { nameWords, phraseIn } from './name-words.ts';
import type { ExcludeGuess, Guess } from './types.ts';

const ID_NAMES = ['id', 'ids', 'uuid', 'guid', 'key', 'identifier', 'identifiant', 'kennung', 'identificador', 'row', 'index', 'rownum', 'row number', 'block', 'case number', 'kundennummer', 'personalnummer', 'matricule', 'vin', 'vin number', 'permit number', 'ssn', 'passport', 'email', 'phone number', 'first name', 'last name', 'full name', 'name', 'surname', 'vorname', 'nachname', 'nom', 'prenom', 'nombre', 'apellido'];
const SEQUENCE_NAMES = ['trip', 'session', 'flight', 'run', 'episode', 'drive', 'ride', 'sequence', 'seq', 'track', 'scenario', 'fahrt', 'flug', 'lauf', 'trajet', 'vol', 'viaje'];
const CLUSTER_NAMES = ['household', 'family', 'person', 'people', 'patient', 'customer', 'client', 'user', 'student', 'school', 'hospital', 'applicant', 'employee', 'worker', 'subject', 'participant', 'vehicle', 'vin', 'entity', 'haushalt', 'kunde', 'menage', 'hogar'];
const STEP_NAMES = ['time', 'timestamp', 't', 'step', 'frame', 'tick', 'seconds', 'elapsed', 'zeit', 'schritt', 'temps', 'tiempo'];
const WEIGHT_NAMES = ['fnlwgt', 'sample weight', 'sampling weight', 'survey weight', 'person weight', 'case weight', 'weights', 'pweight', 'perwt', 'finalwt', 'wgt', 'pwgtp', 'gewichtung', 'ponderation', 'ponderacion', 'factor de expansion'];

/** Dates and times of day as they are commonly written. */
const DATE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?(?: ?[AP]M)?)?$/i;
const TIME_OF_DAY = /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?$/i;
const DATE_SHARE = 0.95;
/** A cluster must repeat: with fewer than this many rows each on average the rows are as good as independent. */
const MINIMUM_REPEAT = 1.05;
const MINIMUM_CLUSTERS = 20;

export interface KeyGuess {
  readonly id: Guess<string> | null;
  readonly cluster: Guess<string> | null;
  readonly sequence: Guess<string> | null;
  readonly time: Guess<string> | null;
  readonly exclude: readonly ExcludeGuess[];
  readonly doubts: readonly string[];
}

/** Columns that name rows, tie rows together or order them. columns: all of the table; rows: how many it has. */
export function guessKeys(columns: readonly KnownColumn[], rows: number): KeyGuess {
  const exclude: ExcludeGuess[] = [], doubts: string[] = [];
  const ids = columns.filter((column) => isId(column, rows)).sort((a, b) => Number(isNamed(b, ID_NAMES)) - Number(isNamed(a, ID_NAMES)) || a.position - b.position);
  const id = ids[0] ?? null;
  const dates = columns.filter((column) => column !== id && isDate(column));
  const ties = columns.filter((column) => column !== id && tiesRows(column, rows));
  const sequence = ties.find((column) => isNamed(column, SEQUENCE_NAMES)) ?? null;
  const time = sequence === null ? null : columns.find((column) => column.missing === 0 && column.distinct > 2 && isNamed(column, STEP_NAMES)) ?? null;
  const cluster = ties.find((column) => column !== sequence && isNamed(column, CLUSTER_NAMES)) ?? null;
  const taken = new Set([id, sequence, time, cluster]);
  for (const column of columns) {
    if (taken.has(column)) continue;
    const reason = keyReason(column, dates, rows);
    if (reason !== null) exclude.push({ column: column.name, ...reason });
  }
  for (const column of ties) if (!taken.has(column)) doubts.push(`${quoted(column.name)} repeats (${column.distinct} values in ${rows} rows): if its rows belong together (one person, one trip), set cluster: so that intervals allow for it`);
  const why = (column: KnownColumn): string => `${column.distinct} values tie ${rows} rows together`;
  return {
    id: id === null ? null : { value: id.name, why: 'no two rows have the same value' },
    cluster: cluster === null ? null : { value: cluster.name, why: why(cluster) },
    sequence: sequence === null || time === null ? null : { value: sequence.name, why: why(sequence) },
    time: time === null ? null : { value: time.name, why: `its name speaks of time; the order within ${quoted(sequence!.name)}` },
    exclude, doubts,
  };
}

function isNamed(column: KnownColumn, names: readonly string[]): boolean {
  return phraseIn(nameWords(column.name), names) !== null;
}

/** No missing value and none twice; besides that a name that says so, or texts that are no sentence, or a count of the rows. */
function isId(column: KnownColumn, rows: number): boolean {
  if (column.missing > 0 || column.distinct !== rows || rows < 2) return false;
  if (column.kind === 'number') return column.whole && (isNamed(column, ID_NAMES) || identifierReason(column.column) !== null);
  return rows > 20 && !isDate(column) && column.column.kind === 'category' && column.column.levels.every((level) => level.length <= 64);
}

/** Whether most of the texts are dates or times of day. */
function isDate({ column, distinct }: KnownColumn): boolean {
  if (column.kind === 'number' || distinct === 0) return false;
  const dates = column.levels.filter((level) => DATE.test(level) || TIME_OF_DAY.test(level)).length;
  return dates >= DATE_SHARE * column.levels.length;
}

function tiesRows(column: KnownColumn, rows: number): boolean {
  if (column.missing > 0 || column.distinct < MINIMUM_CLUSTERS || rows / column.distinct < MINIMUM_REPEAT) return false;
  const words = nameWords(column.name), isKey = words.some((word) => ['id', 'uuid', 'key', 'nr', 'number', 'vin'].includes(word)) || column.kind === 'category';
  return isKey && (isNamed(column, CLUSTER_NAMES) || isNamed(column, SEQUENCE_NAMES)) && (column.kind === 'category' || column.whole);
}

function keyReason(column: KnownColumn, dates: readonly KnownColumn[], rows: number): Pick<ExcludeGuess, 'kind' | 'why'> | null {
  if (column.distinct === 0) return { kind: 'no-values', why: 'every value is missing' };
  if (dates.includes(column)) return { kind: 'date', why: 'dates or times as text, which a model can only learn by heart; give the span that matters as a number (an age, a duration)' };
  const identifier = identifierReason(column.column);
  if (identifier !== null) return { kind: 'identifier', why: identifier };
  const words = nameWords(column.name);
  const saysId = words.some((word) => ['id', 'uuid', 'guid'].includes(word)) && (column.whole || column.kind === 'category');
  if (saysId && column.distinct > 1) return { kind: 'identifier', why: `its name says that it names something (${column.distinct} values in ${rows} rows)` };
  if (column.kind === 'number' && isNamed(column, WEIGHT_NAMES)) return { kind: 'weight', why: 'its name speaks of a survey weight, which says how many people a row stands for, not what they are like; name it in weight: to speak for the whole population' };
  return null;
}
