import type { AuditStatus, StageStatus } from '../temporal/audit-status.ts';
import type { Output } from './output.ts';

const BAR_WIDTH = 20;

function bar(fraction: number): string {
  const full = Math.round(fraction * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Time left, from the share done since watching began; null while too little is done to tell. */
function timeLeft(progress: number, first: number, elapsedMs: number): string | null {
  const done = progress - first;
  if (done < 0.03 || elapsedMs < 3_000) return null;
  return duration((elapsedMs / 1000) * (1 - progress) / done);
}

/** Shows an audit's way: one line redrawn on a terminal, a plain line for each change elsewhere, an event for each with --json. */
export function createProgressView(output: Output): (status: AuditStatus) => void {
  const started = performance.now(), shown = new Map<string, string>();
  let first: number | null = null, lastLine = 0, lastEvent = '';
  const changes = (status: AuditStatus): StageStatus[] => status.stages.filter((stage) => {
    const changed = shown.get(stage.name) !== stage.state;
    shown.set(stage.name, stage.state);
    return changed && stage.state !== 'waiting';
  });

  return (status) => {
    first ??= status.progress;
    const changed = changes(status), event = JSON.stringify(status);
    if (output.json && event !== lastEvent) output.event({ event: 'progress', ...status });
    lastEvent = event;
    if (output.quiet || output.json) return;
    for (const stage of changed) {
      if (stage.state !== 'running' || !output.interactive) output.say(`${stage.name.padEnd(9)} ${stage.state}${stage.detail === null ? '' : `  ${stage.detail}`}`);
    }
    const running = status.stages.filter((stage) => stage.state === 'running');
    if (output.interactive) {
      const left = timeLeft(status.progress, first, performance.now() - started);
      const parts = running.map((stage) => `${stage.name}${stage.detail === null ? '' : ` ${stage.detail}`}`);
      output.draw(`${bar(status.progress)} ${Math.round(status.progress * 100)} %${left === null ? '' : ` · ${left} left`} · ${parts.join(' | ') || status.state}`);
    } else if (performance.now() - lastLine > 10_000) {
      lastLine = performance.now();
      for (const stage of running) if (stage.detail !== null) output.say(`${stage.name.padEnd(9)} ${Math.round(stage.progress * 100)} %  ${stage.detail}`);
    }
  };
}
