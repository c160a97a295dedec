/** Says how many of all are shown, where not all are. */
export function sizeOfText(text: string, all: number, shown: number): string {
  return shown < all ? `${text} ${shown} of ${all}, those that changed first.` : text;
}
