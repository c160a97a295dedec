import { fold } from './name-words.ts';

/** Two values that are opposites of one outcome. */
export interface OutcomePair {
  /** The value that counts as yes, as it stands in the data. */
  readonly positive: string;
  /** `failure`: the event that is looked for, such as `unsafe`; `wish`: what people hope for, such as `approved`; `event`: `collision` of `no collision`. */
  readonly sense: 'failure' | 'wish' | 'event';
}

interface Opposites {
  readonly sense: 'failure' | 'wish';
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

/** Folded values. A pair is taken from the first line that has both. */
const OPPOSITES: readonly Opposites[] = [
  { sense: 'wish', positive: ['pass', 'passed', 'success', 'successful', 'succeeded', 'win', 'won'], negative: ['fail', 'failed', 'failure', 'unsuccessful', 'loss', 'lost'] },
  { sense: 'wish', positive: ['approved', 'accepted', 'granted', 'admitted', 'hired', 'selected', 'eligible', 'qualified', 'allowed'], negative: ['rejected', 'denied', 'declined', 'refused', 'dismissed', 'ineligible', 'unqualified', 'unsuccessful'] },
  { sense: 'wish', positive: ['good', 'repaid', 'paid', 'fully paid', 'current'], negative: ['bad', 'poor', 'default', 'defaulted', 'charged off', 'late', 'delinquent'] },
  { sense: 'failure', positive: ['unsafe', 'dangerous', 'hazardous', 'unsicher', 'inseguro'], negative: ['safe', 'harmless', 'sicher', 'seguro'] },
  { sense: 'failure', positive: ['unstable', 'unhealthy', 'unsound', 'sick', 'ill', 'diseased', 'faulty', 'broken'], negative: ['stable', 'healthy', 'sound', 'well', 'intact', 'working'] },
  { sense: 'failure', positive: ['anomaly', 'anomalous', 'abnormal', 'outlier', 'attack', 'intrusion', 'malicious', 'malware', 'malignant', 'fault', 'faulty', 'suspicious', 'anomalie', 'anormal'], negative: ['normal', 'nominal', 'benign', 'inlier', 'regular', 'typical', 'goodware', 'clean'] },
  { sense: 'failure', positive: ['fail', 'failed', 'failure', 'error', 'nok', 'ko', 'not ok', 'nio', 'defect', 'defective', 'bad', 'crash', 'crashed', 'timeout'], negative: ['ok', 'okay', 'io', 'fine', 'completed', 'good', 'success'] },
  { sense: 'failure', positive: ['fraud', 'fraudulent', 'spam'], negative: ['legit', 'legitimate', 'genuine', 'ham', 'normal', 'valid'] },
  { sense: 'failure', positive: ['dead', 'died', 'deceased'], negative: ['alive', 'survived', 'living', 'lived'] },
  { sense: 'failure', positive: ['churn', 'churned', 'left', 'attrited customer', 'cancelled'], negative: ['retained', 'stayed', 'existing customer', 'active'] },
];

/** Words before a value that turn it round: `no collision`, `not hired`, `non-compliant`. */
const NEGATION = /^(?:no|not|non|never|without|kein|keine|nicht|ohne|pas|sans|sin)[\s_-]+/;

const plain = (text: string): string => fold(text).replaceAll(/^['"\s]+|['"\s.]+$/g, '').replaceAll(/[\s_-]+/g, ' ');

/** The outcome that a column's two values are opposites of, or null. Yes and no, true and false say nothing of what they answer. */
export function outcomePair(values: readonly string[]): OutcomePair | null {
  const [a, b] = values;
  if (a === undefined || b === undefined || values.length !== 2) return null;
  for (const { sense, positive, negative } of OPPOSITES) {
    for (const [yes, no] of [[a, b], [b, a]] as const) {
      if (positive.includes(plain(yes)) && negative.includes(plain(no))) return { positive: yes, sense };
    }
  }
  for (const [yes, no] of [[a, b], [b, a]] as const) {
    const turned = plain(no);
    if (NEGATION.test(turned) && turned.replace(NEGATION, '') === plain(yes)) return { positive: yes, sense: 'event' };
  }
  return null;
}
