// What calls may cost at most, by the price book beside this program, before any is made.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(join(resolve(import.meta.dirname, '../..'), 'dist', 'main.js'));
const { PriceBook } = require('./features/cost/prices/price-book.js');
const { readPriceFiles } = require('./features/cost/prices/price-files.js');

const PICOS_PER_USD = 1e12;

/** @returns the model that comes first behind a name: as the gateway has it now, where the key may ask, else as the file has it */
async function targetOf(name, { url, key }, files) {
  if (name.includes('/')) return name;
  const ask = async (path) => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    return answer.ok ? answer.json() : undefined;
  };
  const provider = (await ask(`/v1/models/${encodeURIComponent(name)}`))?.owned_by;
  const moved = await ask(`/v1/models/registry/aliases/${encodeURIComponent(name)}`);
  const targets = moved?.models ?? files.models.aliases[name] ?? [`${provider}/${name}`];
  return targets.find((target) => target.startsWith(`${provider}/`));
}

/**
 * @param bound `{calls, inputTokens, outputTokens}` of each model
 * @returns by model: US dollars where the model that comes first answers; undefined where a price is not known
 */
export async function quote(models, gateway, { calls, inputTokens, outputTokens }) {
  const files = readPriceFiles(process.env.GATEHOUSE_CONFIG || undefined);
  const book = new PriceBook(files.prices.prices);
  const worst = (target) => {
    const bound = { inputTokens, outputTokens, cacheWrites: false };
    const picos = target === undefined ? undefined : book.worst(target, bound, Date.now());
    return picos === undefined ? undefined : (Number(picos) / PICOS_PER_USD) * calls;
  };
  return Promise.all(models.map(async (model) => ({ model, usd: worst(await targetOf(model, gateway, files)) })));
}
