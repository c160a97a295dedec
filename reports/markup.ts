import { html as template, raw } from 'hono/html';

/** Markup that is already escaped; only `html` makes it. */
export type Markup = { toString(): string };

/** A template whose values are escaped unless they are markup themselves. @throws Error when a value is a promise. */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  const made = template(strings, ...values);
  if (made instanceof Promise) throw new Error('a template of the page was given a promise');
  return made;
}

/** Text that this program wrote itself (SVG from Vega, the page's own style and script) and that must not be escaped. */
export function trusted(text: string): Markup {
  return raw(text);
}

export const NOTHING: Markup = raw('');
