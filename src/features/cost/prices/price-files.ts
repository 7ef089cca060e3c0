import { dirname, join, resolve } from 'node:path';
import { Models } from '../../../platform/config/models';
import { PriceFile } from '../../../platform/config/prices';
import { Problems } from '../../../platform/config/problems';
import { readYaml } from '../../../platform/config/read-yaml';
import { Settings } from '../../../platform/config/settings';
import type { Priced } from './price-gaps';

/** What the files say, without any secret or database. */
export interface PriceFiles extends Priced {
  /** Where the prices are. */
  readonly file: string;
}

/**
 * The files that name models and prices, in the folder of that settings file.
 * @throws ConfigError that lists every mistake with its place
 */
export function readPriceFiles(settingsFile: string | undefined, root = process.cwd()): PriceFiles {
  const problems = new Problems();
  const chosen = resolve(root, settingsFile ?? 'config/gatehouse.yaml');
  const file = join(dirname(chosen), 'prices.yaml');
  const settings = readYaml(chosen, Settings, problems, settingsFile !== undefined);
  const models = readYaml(join(dirname(chosen), 'models.yaml'), Models, problems, false);
  const prices = readYaml(file, PriceFile, problems, false);
  problems.throwIfAny();
  return { file, models: models!, prices: prices!, providers: settings!.providers };
}
