/** From this many in a row on, on average, bytes beyond ASCII are words of another script and not accents among Latin letters. */
const FOREIGN_RUN = 2;

/** `utf-16le` or `utf-16be` when the bytes start with their mark, or every other one of the first is zero. */
export function startOfUtf16(bytes: Uint8Array): string | null {
  if (bytes.length < 2) return null;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const pairs = Math.min(32, bytes.length >> 1);
  let even = 0, odd = 0;
  for (let i = 0; i < pairs; i++) {
    even += Number(bytes[2 * i] === 0);
    odd += Number(bytes[2 * i + 1] === 0);
  }
  if (pairs >= 2 && odd === pairs && even === 0) return 'utf-16le';
  return pairs >= 2 && even === pairs && odd === 0 ? 'utf-16be' : null;
}

/**
 * What text that is not UTF-8 was likely written in. Western files (windows-1252, of which iso-8859-1 is a part) have single accents
 * among letters; Chinese, Japanese and Korean ones long runs that are valid in their encoding; Cyrillic ones long runs of 0xC0 and above.
 */
export function likelyEncoding(bytes: Uint8Array): string {
  let high = 0, runs = 0, letters = 0, inside = false;
  for (const byte of bytes) {
    const isHigh = byte >= 0x80;
    high += Number(isHigh);
    letters += Number(byte >= 0xc0);
    if (isHigh && !inside) runs++;
    inside = isHigh;
  }
  if (high < FOREIGN_RUN * runs) return 'windows-1252';
  if (letters >= 0.95 * high) return 'windows-1251';
  return ['shift_jis', 'gb18030', 'euc-kr', 'big5'].find((encoding) => isValid(bytes, encoding)) ?? 'windows-1252';
}

/** The last bytes may be half of a character. */
function isValid(bytes: Uint8Array, encoding: string): boolean {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true }) !== '';
  } catch {
    return false;
  }
}
