/** What no file system, or no shell, takes as part of one name; and what does not show. */
const UNFIT = /[/\\:*?"'<>|`$\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]+/gu;

/** Where an audit's files go when nobody says: `penumbra-out/NAME`, never outside of it whatever the name holds. */
export function outputFolder(name: string): string {
  const safe = name.replaceAll(UNFIT, '-').replace(/^[.-]+/, '');
  return `penumbra-out/${safe === '' ? 'audit' : safe}`;
}
