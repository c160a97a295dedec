import { describe, expect, it } from 'vitest';
import { clockChanges } from '../../../infra/schedule/clock-change.ts';
import { durationMs, scheduleSpec } from '../../../infra/schedule/schedule-spec.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('clock changes', () => {
  it('02:30 in Berlin does not come on the last Sunday of March and comes twice on that of October', () => {
    expect(clockChanges('Europe/Berlin', 2, 30, NOW, 366)).toEqual([{ date: '2027-03-28', kind: 'skipped' }, { date: '2027-10-31', kind: 'repeated' }]);
  });

  it('whatever the time of day it is asked at', () => {
    for (let hour = 0; hour < 24; hour++) expect(clockChanges('Europe/Berlin', 2, 30, NOW + hour * 3_600_000, 366), `${hour}`).toEqual([{ date: '2027-03-28', kind: 'skipped' }, { date: '2027-10-31', kind: 'repeated' }]);
  });

  it('knows other hemispheres, half hours and zones without changes', () => {
    expect(clockChanges('America/New_York', 1, 30, NOW, 366)).toEqual([{ date: '2027-11-07', kind: 'repeated' }]);
    expect(clockChanges('Australia/Lord_Howe', 2, 15, NOW, 366)).toEqual([{ date: '2027-10-03', kind: 'skipped' }]);
    expect(clockChanges('Asia/Tokyo', 2, 30, NOW, 366)).toEqual([]);
    expect(clockChanges('Europe/Berlin', 4, 0, NOW, 366)).toEqual([]);
  });
});

describe('when nights begin', () => {
  it('a night that the clock passes over is made up for an hour later', () => {
    const { spec, clockChanges: changes } = scheduleSpec({ cron: '30 2 * * *', every: null, timeZone: 'Europe/Berlin' }, NOW);
    expect(spec).toMatchObject({ cronExpressions: ['30 2 * * *'], timezone: 'Europe/Berlin' });
    expect(spec.calendars!.slice(0, 1)).toEqual([{ year: 2027, month: 'MARCH', dayOfMonth: 28, hour: 3, minute: 30, comment: 'clocks change: 02:30 does not come on 2027-03-28' }]);
    expect(spec.calendars).toHaveLength(3);
    expect(changes.map(({ kind }) => kind)).toContain('repeated');
    expect(scheduleSpec({ cron: '30 2 * * *', every: null, timeZone: 'UTC' }, NOW).spec).not.toHaveProperty('calendars');
  });

  it('intervals have no clock', () => {
    expect(scheduleSpec({ cron: null, every: '15m', timeZone: 'UTC' }, NOW).spec).toEqual({ intervals: [{ every: 900_000 }] });
    expect(durationMs('2d', '--every')).toBe(172_800_000);
  });

  it.each([
    [{ cron: null, every: null }, /--cron .* and --every/], [{ cron: '30 2 * * *', every: '1d' }, /one of/], [{ cron: '30 2 * *', every: null }, /five fields/], [{ cron: '@daily', every: null }, /five fields/],
    [{ cron: null, every: '0s' }, /90s/], [{ cron: null, every: 'often' }, /--every is often/],
  ])('%j is wrong use', (request, message) => {
    expect(() => scheduleSpec({ ...request, timeZone: 'UTC' }, NOW)).toThrow(message);
  });

  it('an unknown time zone is named', () => {
    expect(() => scheduleSpec({ cron: '30 2 * * *', every: null, timeZone: 'Europe/Bärlin' }, NOW)).toThrow(/Europe\/Bärlin: expected a name such as/);
  });
});
