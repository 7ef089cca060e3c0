import type { Model, Models } from '../../platform/config/models';

/** A dated snapshot of a model: what its provider calls it, and all that is known of it. */
export type Snapshot = Model & {
  /** `provider/model`, as its provider calls it. */
  readonly target: string;
};

/** Every version by `provider/model@version`. What is not said of one is as of its model. */
export function versionsIn(models: Models['models']): Map<string, Snapshot> {
  return new Map(
    Object.entries(models).flatMap(([target, { versions = {}, ...model }]) => {
      const provider = target.slice(0, target.indexOf('/'));
      return Object.entries(versions).map(([version, { model: name, ...its }]) => [
        `${target}@${version}`,
        { ...model, ...its, target: name === undefined ? `${target}-${version}` : `${provider}/${name}` },
      ]);
    }),
  );
}
