/** Where the chart of an alarm lies within a schedule's folder. key: of the alarm. */
export const alarmChartFile = (key: string): string => `alarms/${key.slice(0, 16)}.svg`;
