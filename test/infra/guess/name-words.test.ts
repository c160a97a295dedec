import { describe, expect, it } from 'vitest';
import { fold, hasPhrase, nameWords, phraseIn } from '../../../infra/guess/name-words.ts';

describe('the words of a column name', () => {
  it.each([
    ['marital_status', ['marital', 'status']], ['MaritalStatus', ['marital', 'status']], ['AGE', ['age']], ['isMale', ['is', 'male']], ['HTTPCode', ['http', 'code']],
    ['Código postal', ['codigo', 'postal']], ['Staatsangehörigkeit', ['staatsangehoerigkeit']], ['default payment', ['default', 'payment']], ['', []], ['__proto__', ['proto']],
  ])('%s', (name, words) => { expect(nameWords(name)).toEqual(words); });

  it('fold takes accents away and writes umlauts as two letters', () => {
    expect(fold('Größe ÉTÉ Año')).toBe('groesse ete ano');
  });

  it('a phrase is whole words in a row, never a part of one', () => {
    expect(hasPhrase(nameWords('message'), 'age')).toBe(false);
    expect(hasPhrase(nameWords('Essex'), 'sex')).toBe(false);
    expect(hasPhrase(nameWords('native_country'), 'native country')).toBe(true);
    expect(hasPhrase(nameWords('country_native'), 'native country')).toBe(false);
    expect(hasPhrase(nameWords('ethnicity'), 'ethnic*')).toBe(true);
    expect(phraseIn(nameWords('y_pred'), ['pred', 'y'])).toBe('pred');
  });
});
