import { describe, expect, it } from 'vitest';
import { packLevels, unpackLevels } from '../../../infra/readers/packed-levels.ts';

describe('texts packed into bytes', () => {
  it.each([
    [[]], [['']], [['', 'a', '', 'caf\u00e9', '\0"\n']], [['ü€😀', 'a', '\ud83d', '\ude00', '']], [['x'.repeat(1000), 'short', 'é'.repeat(50)]], [['€'.repeat(1000), '', '\udc00']], [['__proto__', '0']],
  ])('come back as they were: %j', (levels: readonly string[]) => {
    expect(unpackLevels(packLevels(levels))).toEqual(levels);
  });

  it('take one byte a letter where no letter needs two', () => {
    expect(packLevels(['ab', 'é']).bytes).toHaveLength(3);
    expect(packLevels(['ab', '€']).bytes).toHaveLength(6);
  });
});
