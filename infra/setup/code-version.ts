import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = ['workflows', 'activities', 'models', 'reports', 'infra'];

let known: string | null = null;

/** `0.1.0+sha256:1f0c…`: the package's version and the hash of every source file it ships, in order of their paths. */
export function codeVersion(): string {
  if (known !== null) return known;
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const files = readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|js|css|yaml)$/.test(file)).sort();
    for (const file of files) hash.update(`${room}/${file}\0`).update(readFileSync(join(ROOT, room, file)));
  }
  known = `${version}+sha256:${hash.digest('hex')}`;
  return known;
}
