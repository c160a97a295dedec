/** A file name out of words that may come from data: letters, digits and hyphens only, at most 60 characters. */
export function chartSlug(...words: readonly string[]): string {
  const plain = words.map((word) => word.slice(0, 80)).join('-').toLowerCase().replaceAll('*', '-by-');
  return plain.replace(/[^a-z0-9]+/g, '-').slice(0, 60).replace(/^-+|-+$/g, '') || 'chart';
}
