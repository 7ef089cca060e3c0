import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readPriceFiles } from './features/cost/prices/price-files';
import { download } from './features/cost/prices/update/download';
import { PUBLIC_LIST } from './features/cost/prices/update/public-list';
import { updatePrices } from './features/cost/prices/update/update-prices';

const BOUNDS = { deadlineMs: 30_000, maxBytes: 16 * 1024 * 1024 };
const USAGE = `Compares prices.yaml with a public list of prices and shows what differs.

  --write            adds what differs to the file, in force from today; what was in force before stays
  --only MODEL       only this provider/model, which is added when it is new; may be given several times
  --from FILE        reads the list from a file
  --url URL          reads it from there instead of ${PUBLIC_LIST}

Reads the folder of GATEHOUSE_CONFIG, or config/. Exit code: 0 done, 1 not done, 2 wrongly called.
`;
const OPTIONS = {
  write: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  from: { type: 'string' },
  url: { type: 'string' },
} as const;

async function main(): Promise<void> {
  const { write, only, from, url = PUBLIC_LIST } = parseArgs({ options: OPTIONS }).values;
  const files = readPriceFiles(process.env['GATEHOUSE_CONFIG'] || undefined);
  const source = from === undefined ? { list: await download(url, BOUNDS), url } : { list: contentOf(from) };
  for (const line of updatePrices(files, { ...source, write, only, now: Date.now() })) console.log(line);
}

function contentOf(file: string): string {
  if (statSync(file).size > BOUNDS.maxBytes) throw new Error(`${file} is longer than ${BOUNDS.maxBytes} bytes`);
  return readFileSync(file, 'utf8');
}

main().catch((error: NodeJS.ErrnoException) => {
  const misused = error.code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(misused ? `${error.message}\n\n${USAGE}` : `Prices were not updated: ${error.message}\n`);
  process.exitCode = misused ? 2 : 1;
});
