/** The words of a column name, in lower case without accents: `MaritalStatus`, `marital_status` and `Statut marital` are two each. */
export function nameWords(name: string): readonly string[] {
  return fold(name.replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2'))
    .split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

/** Lower case without accents; umlauts as vowel and e, so that `Behörde` and `Behoerde` are one word. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue').replaceAll('ß', 'ss')
    .normalize('NFD').replaceAll(/\p{M}/gu, '');
}

/** Whether the phrase's words stand in the name, in order and without others between; a word that ends in `*` matches by its beginning. */
export function hasPhrase(words: readonly string[], phrase: string): boolean {
  const parts = phrase.split(' ');
  const matches = (word: string | undefined, part: string): boolean =>
    word !== undefined && (part.endsWith('*') ? word.startsWith(part.slice(0, -1)) : word === part);
  return words.some((_, start) => parts.every((part, i) => matches(words[start + i], part)));
}

/** The first of the phrases that stands in the name, or null. */
export function phraseIn(words: readonly string[], phrases: readonly string[]): string | null {
  return phrases.find((phrase) => hasPhrase(words, phrase)) ?? null;
}
