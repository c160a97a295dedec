/** What a process that trains is told, one line of JSON each. */
export interface TrainRequest {
  readonly steps: number;
}

/** What it answers. */
export interface TrainAnswer {
  /** Of all steps together, with drawing noise and gathering rows. */
  readonly seconds: number;
  /** Of the last step. */
  readonly loss: number;
}

/** Its first line, when it is ready: losses of the first steps from the same parameters, rows and noise on all sides. */
export interface TrainReady {
  readonly losses: readonly number[];
  readonly stepsPerCall: number;
  readonly version: string;
}

/** Steps by which the sides are compared before they are timed. */
export const COMPARED_STEPS = 10;
