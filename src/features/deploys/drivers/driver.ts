import type { Colour } from '../../../contract/colour';
import type { Release } from '../deploy-state';

/** What runs a release as a colour. */
export interface Driver {
  /** @param place a folder or an image; what is here when absent. @throws when there is nothing that could run */
  release(place: string | undefined): Promise<Release>;
  /** Brings the schema to what the release knows. @returns what was done, in a line */
  migrate(colour: Colour, release: Release): Promise<string>;
  /** The colour must not be running. It is not ready yet when this settles. */
  start(colour: Colour, release: Release): Promise<void>;
  isRunning(colour: Colour): Promise<boolean>;
  /** Lets it end what it is doing, as long as its own settings say; settles once it is gone. */
  stop(colour: Colour): Promise<void>;
  /** Where to read what the colour says. */
  logs(colour: Colour): string;
}
