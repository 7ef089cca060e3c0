import { parseArgs } from 'node:util';
import { readPriceFiles } from './features/cost/prices/price-files';
import { priceGaps } from './features/cost/prices/price-gaps';
import { ConfigError } from './platform/config/problems';

const USAGE = `Names the models that may be called and whose price is not in prices.yaml.

  --strict  exit code 1 when there are any

Reads the folder of GATEHOUSE_CONFIG, or config/. Exit code 2: wrongly called, or a file with a mistake.
`;

function main(): number {
  const { values } = parseArgs({ options: { strict: { type: 'boolean', default: false } } });
  const files = readPriceFiles(process.env['GATEHOUSE_CONFIG'] || undefined);
  const gaps = priceGaps(files, Date.now());
  for (const gap of gaps) console.log(gap);
  console.log(gaps.length ? `${gaps.length} without a price.` : 'Every model has a price.');
  return gaps.length && values.strict ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${error instanceof ConfigError ? '' : `\n${USAGE}`}`);
  process.exitCode = 2;
}
