import { STAGES, type StageName } from './types.ts';

const PREFIX = 'damaged:';

/** How an error says across processes that a stage's result is damaged. */
export const damageCode = (stage: StageName): string => `${PREFIX}${stage}`;

/** The stage whose result is damaged, by an error's code; null for any other. */
export function damagedStage(code: string | null | undefined): StageName | null {
  return STAGES.find((stage) => code === damageCode(stage)) ?? null;
}
