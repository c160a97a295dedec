import { describe, expect, it } from 'vitest';
import { refuseOldServer } from '../../../infra/temporal/check-service.ts';

describe('refuseOldServer', () => {
  it.each(['1.28.0', '1.32.0', '2.0', 'v1.29.1', 'cloud-2026-11'])('lets %s be', (version) => {
    expect(() => refuseOldServer(version, 'here:7233')).not.toThrow();
  });

  it.each(['1.27.4', '0.30.0', '1.9.1'])('refuses %s with the cure', (version) => {
    expect(() => refuseOldServer(version, 'here:7233')).toThrow(`the Temporal server at here:7233 is ${version}, but 1.28 or later is needed: upgrade it`);
  });
});
