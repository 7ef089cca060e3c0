import type { Config } from '../../../platform/config/config';
import { SIDECAR_KEY } from '../../../platform/config/needed-secrets';
import type { EntityDetector } from './entity-detector';
import { HttpEntityDetector } from './http-entity-detector';

/** The sidecar that the settings name; undefined where they name none. Whoever makes it closes it. */
export function configuredDetector({ sanitization, secrets }: Config): EntityDetector | undefined {
  const { sidecar } = sanitization;
  if (!sidecar) return undefined;
  return new HttpEntityDetector(sidecar, sidecar.apiKey ? { apiKey: secrets.get(SIDECAR_KEY) } : {});
}
