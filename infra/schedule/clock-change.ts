/** A day on which a wall-clock time does not come, or comes twice. */
export interface ClockChange {
  /** `2027-03-28` in the time zone. */
  readonly date: string;
  readonly kind: 'skipped' | 'repeated';
}

const DAY_MS = 24 * 3600 * 1000;

interface Wall { readonly date: string; readonly minutes: number }

function wallClock(format: Intl.DateTimeFormat, at: number): Wall {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`, minutes: 60 * Number(parts.get('hour')) + Number(parts.get('minute')) };
}

/** @throws RangeError for what is no IANA time zone. */
export function formatIn(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-CA', { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
}

/** Days within the span on which a time of day does not come or comes twice, since clocks are changed. from: ms since 1970. */
export function clockChanges(timeZone: string, hour: number, minute: number, from: number, days: number): readonly ClockChange[] {
  const format = formatIn(timeZone), wanted = 60 * hour + minute, found: ClockChange[] = [];
  for (let day = 0; day < days; day++) {
    const noon = from + day * DAY_MS, { date } = wallClock(format, noon);
    // Quarter hours are enough: no zone changes its clocks in smaller steps (Lord Howe by half an hour).
    let times = 0;
    for (let at = noon - 1.5 * DAY_MS; at < noon + 1.5 * DAY_MS; at += 15 * 60_000) {
      const start = Math.floor(at / 900_000) * 900_000 + (minute % 15) * 60_000, wall = wallClock(format, start);
      if (wall.date === date && wall.minutes === wanted) times++;
    }
    if (times !== 1) found.push({ date, kind: times === 0 ? 'skipped' : 'repeated' });
  }
  return found;
}
