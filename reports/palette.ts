/** A colour of the charts: written literally into the SVG as `light`, replaced by style in dark surroundings. */
interface Colour {
  readonly light: string;
  readonly dark: string;
}

/** Told apart under the three common colour-vision deficiencies (after Okabe and Ito); each at least 3 : 1 on its background. */
const COLOURS = {
  ink: { light: '#1f2328', dark: '#e6e9ed' },
  muted: { light: '#59636e', dark: '#a3adb8' },
  grid: { light: '#e4e8ec', dark: '#2c343d' },
  axis: { light: '#aeb7c0', dark: '#55606b' },
  band: { light: '#e9eef3', dark: '#28323d' },
  paper: { light: '#fffffe', dark: '#161b22' },
  blue: { light: '#0b62a4', dark: '#62b2ee' },
  orange: { light: '#c4480e', dark: '#ff9a66' },
  green: { light: '#00795d', dark: '#42c99d' },
  grey: { light: '#6a7480', dark: '#a4aeb9' },
  purple: { light: '#8a4a86', dark: '#d794d1' },
  ochre: { light: '#8f6500', dark: '#e2b64f' },
  density1: { light: '#c2470d', dark: '#ff9a65' },
  density2: { light: '#d98a4e', dark: '#c98a5c' },
  density3: { light: '#9aa3ad', dark: '#79838e' },
  density4: { light: '#5b98c9', dark: '#4d86b3' },
  density5: { light: '#0b62a3', dark: '#62b2ef' },
} as const satisfies Record<string, Colour>;

export type ColourName = keyof typeof COLOURS;

export function colour(name: ColourName): string {
  return COLOURS[name].light;
}

export const SERIES: readonly string[] = (['blue', 'orange', 'green', 'purple', 'ochre', 'grey'] as const).map(colour);
/** From the thinnest fifth of the rows to the densest. */
export const DENSITY_STEPS: readonly string[] = (['density1', 'density2', 'density3', 'density4', 'density5'] as const).map(colour);

/** Rules that turn every literal colour of a chart below `scope` into its dark counterpart. */
export function darkChartRules(scope: string): string {
  return Object.values(COLOURS).map(({ light, dark }) =>
    `${scope} [fill="${light}"]{fill:${dark}}${scope} [stroke="${light}"]{stroke:${dark}}`).join('\n');
}
