/** Why something cannot be captured; each names the op. */
export const hostRead = (op: string): string =>
  `the host reads what ${op} computed while a step is captured: a graph runs without coming back to the host, so dataSync, data and arraySync have no place in it; return the tensor instead`;
export const shapeFromData = (op: string): string =>
  `${op} gives a tensor whose shape depends on the data, which a captured graph cannot follow; use a mask or tf.where over all elements`;
export const randomOp = (op: string): string =>
  `${op} draws random numbers inside a captured function; draw them from a random stream and pass them in`;
export const statefulOp = (op: string): string => `${op} keeps a state of its own, which a captured graph would share between calls; pass the state in and out`;
export const differs = (what: string): string =>
  `a second recording of the same function differs at ${what}: it depends on something besides its arguments (a random number, a counter, the data), which a captured graph would freeze`;
export const outsideTensor = (op: string): string => `${op} uses a tensor that was made outside of the captured function; make it an argument`;
export const unknownAttribute = (op: string, name: string): string => `attribute ${name} of ${op} is of a kind that cannot be captured`;
export const noOutput = (index: number): string => `result ${index} of the captured function was computed by none of its ops`;
