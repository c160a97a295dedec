import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
const text = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Names of the commands that there are. */
function commands(): ReadonlySet<string> {
  const help = execFileSync(process.execPath, [join(ROOT, 'infra/cli/main.ts'), '--help'], { encoding: 'utf8', cwd: ROOT });
  return new Set([...help.slice(help.indexOf('\nCommands:'), help.indexOf('\nExamples:')).matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!));
}

/** Commands that the code of a page types, in blocks and between backquotes. */
function typedIn(page: string): readonly string[] {
  const code = text(page).match(/```(?:sh)?\n[\s\S]*?```|`[^`\n]+`/g) ?? [];
  return code.flatMap((part) => [...part.matchAll(/(?:^|[`\s(])(?<!-n )(?:penumbra|penumbra --|cli) ([a-z]+)(?=[\s`|]|$)/gm)].map(([, name]) => name!));
}

describe('what the documentation says of commands and files', () => {
  it('README\'s table has every command, and every page types only commands that there are', () => {
    const known = commands(), table = new Set([...text('README.md').matchAll(/^\| (.*?) \| /gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([a-z]+)\b/g)].map(([, name]) => name!)));
    expect(known.size).toBeGreaterThan(10);
    expect([...known].filter((name) => name !== 'help' && !table.has(name))).toEqual([]);
    const named = PAGES.flatMap((page) => typedIn(page).map((name) => ({ page, name })));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it('every link to a file of the checkout leads somewhere', () => {
    const links = PAGES.flatMap((page) => [...text(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target]) => ({ page, target: target! })));
    expect(links.length).toBeGreaterThan(8);
    expect(links.filter(({ page, target }) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });
});
