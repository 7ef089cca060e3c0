export const COLOURS = ['blue', 'green'] as const;
/** One of the two places that a release can run in. */
export type Colour = (typeof COLOURS)[number];

export function otherThan(colour: Colour): Colour {
  return colour === 'blue' ? 'green' : 'blue';
}

/** Something of each colour. */
export type Each<T> = { readonly [C in Colour]: T };
