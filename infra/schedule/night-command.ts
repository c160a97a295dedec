/** What shows one night of a schedule again, as it was judged; with `--out` added it writes the night's files too. */
export function nightCommand({ schedule, night }: { readonly schedule: string; readonly night: string }): string {
  return `npm run -s penumbra -- schedule show ${schedule} --night ${night}`;
}
