import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { textOf, type Variables } from '../secrets/variables';

/** Stands for the embedded database, whose URL nobody knows before it runs. */
const EMBEDDED_URL = 'postgres://gatehouse@127.0.0.1/gatehouse';

/**
 * What `npm start` would add to an environment: the embedded database where none is set, and a master key where one would be made; so that
 * looking at a configuration makes nothing. A key that was made is read like at a start.
 */
export function standIns(variables: Variables): Record<string, string> {
  const isSet = (name: string) =>
    textOf(variables, name) !== undefined || textOf(variables, `${name}_FILE`) !== undefined;
  const embedded = !isSet('DATABASE_URL');
  const hasKey = existsSync(join(textOf(variables, 'GATEHOUSE_DATA_DIR') ?? '.gatehouse', 'master.key'));
  const makesKey =
    !hasKey && !isSet('GATEHOUSE_MASTER_KEY') && (embedded || textOf(variables, 'NODE_ENV') !== 'production');
  return {
    ...(embedded && { DATABASE_URL: EMBEDDED_URL, GATEHOUSE_EMBEDDED_PG: '1' }),
    ...(makesKey && { GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64') }),
  };
}
