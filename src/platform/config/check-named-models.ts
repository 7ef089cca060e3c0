import { VENDOR_MODELS } from './configured-providers';
import type { Models } from './models';
import type { Problems } from './problems';
import { Settings } from './settings';

const FILE = 'gatehouse.yaml';
/** A name that is chosen for each call. */
const CHOSEN = 'auto';

/** Notes every model of the settings that no call could reach. The aliases that are there by default need not exist. */
export function checkNamedModels(
  settings: Settings,
  { aliases }: Models,
  known: ReadonlySet<string>,
  problems: Problems,
): void {
  const usual = Settings.parse({});
  const patterns = [...VENDOR_MODELS, ...Object.values(settings.providers).flatMap(({ models = [] }) => models)];
  const leads = (model: string): boolean =>
    model === CHOSEN ||
    Object.hasOwn(aliases, model) ||
    (model.includes('/') && known.has(model.slice(0, model.indexOf('/')))) ||
    patterns.some((pattern) => (pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern));
  const check = (where: string, model: string, byDefault: string): void => {
    if (model !== byDefault && !leads(model))
      problems.add(`${FILE} ${where}`, `${model} is neither an alias nor a model of a configured provider`);
  };
  check('analyses.model', settings.analyses.model, usual.analyses.model);
  for (const field of ['model', 'mergeModel'] as const)
    check(`documents.${field}`, settings.documents[field], usual.documents[field]);
  for (const field of ['style', 'logic', 'security'] as const)
    check(`codeReview.${field}`, settings.codeReview[field], usual.codeReview[field]);
}
