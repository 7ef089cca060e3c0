// What the build packs into one file, with the packages that a start needs (tools/bundle.cjs).

/** Each runs as soon as it is loaded. */
export const programs = {
  serve: () => require('./serve') as typeof import('./serve'),
  work: () => require('./work') as typeof import('./work'),
};
