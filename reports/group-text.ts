import { readableText } from './readable-text.ts';

/** Whether an attribute is an intersection of several. */
export function isCrossed(attribute: string): boolean {
  return attribute.includes('*');
}

/** `sex*race` → `sex × race`; what was escaped by a backslash is shown plain. */
export function attributeText(attribute: string, limit = 60): string {
  return readableText(crossed(attribute), limit);
}

/** The name of a group, those of an intersection taken apart: `Female*Black` → `Female × Black`. */
export function groupText(attribute: string, group: string, limit = 120): string {
  const text = readableText(isCrossed(attribute) ? crossed(group) : group, limit);
  return text.trim() === '' ? '(blank)' : text;
}

function crossed(name: string): string {
  // A cell may hold a megabyte; no reader sees more than its beginning.
  return name.slice(0, 2000).replace(/\\([*\\])|\*/g, (_, escaped: string | undefined) => escaped ?? ' × ');
}
