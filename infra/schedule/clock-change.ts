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

/** How often a time of day comes on the day of a moment. Quarter hours are enough: no zone changes its clocks in smaller steps. */
function timesOn(format: Intl.DateTimeFormat, moment: number, wanted: number): number {
  const { date } = wallClock(format, moment), first = Math.floor((moment - 1.5 * DAY_MS) / QUARTER_MS) * QUARTER_MS + (wanted % 15) * 60_000;
  let times = 0;
  for (let at = first; at < moment + 1.5 * DAY_MS; at += QUARTER_MS) {
    const wall = wallClock(format, at);
    if (wall.date === date && wall.minutes === wanted) times++;
  }
  return times;
}

const QUARTER_MS = 15 * 60_000;

/** Days within the span on which a time of day does not come or comes twice, since clocks are changed. from: ms since 1970. */
export function clockChanges(timeZone: string, hour: number, minute: number, from: number, days: number): readonly ClockChange[] {
  const format = formatIn(timeZone), found: ClockChange[] = [];
  let before = wallClock(format, from - DAY_MS).minutes;
  for (let day = 0; day < days; day++) {
    const at = from + day * DAY_MS, wall = wallClock(format, at);
    // The same moment of UTC at another time of day: clocks were changed since the day before.
    if (wall.minutes !== before) {
      for (const near of [at - DAY_MS, at - DAY_MS / 2, at]) {
        const times = timesOn(format, near, 60 * hour + minute), { date } = wallClock(format, near);
        if (times !== 1 && !found.some((each) => each.date === date)) found.push({ date, kind: times === 0 ? 'skipped' : 'repeated' });
      }
    }
    before = wall.minutes;
  }
  return found;
}
