import { createHash } from 'node:crypto';

/** A policy under which a page may use its own style and scripts, known by their hashes, and nothing else in the world. */
export function contentPolicy(styles: readonly string[], scripts: readonly string[]): string {
  const hashes = (texts: readonly string[]): string => texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
  return `default-src 'none'; style-src ${hashes(styles)}; script-src ${hashes(scripts)}; img-src data:; base-uri 'none'; form-action 'none'`;
}
