import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { textOf, type Variables } from '../secrets/variables';
import { tryDataFolder } from './data-folder';

/** Stands for the embedded database, whose URL nobody knows before it runs. */
const EMBEDDED_URL = 'postgres://gatehouse@127.0.0.1/gatehouse';

/**
 * What `npm start` would add to an environment: the embedded database where none is set, and a master key where one would be made; so that
 * looking at a configuration makes nothing. A key that was made is read like at a start.
 */
export function standIns(variables: Variables): Record<string, string> {
  const isSet = (name: string): boolean => isGiven(variables, name);
  const embedded = !isSet('DATABASE_URL');
  const hasKey = existsSync(join(dataDirOf(variables), 'master.key'));
  const makesKey =
    !hasKey && !isSet('GATEHOUSE_MASTER_KEY') && (embedded || textOf(variables, 'NODE_ENV') !== 'production');
  return {
    ...(embedded && { DATABASE_URL: EMBEDDED_URL, GATEHOUSE_EMBEDDED_PG: '1' }),
    ...(makesKey && { GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64') }),
  };
}

/** @throws ConfigError where a start would make something in the data folder and could not */
export function tryToKeep(variables: Variables): void {
  const dir = dataDirOf(variables);
  const made = standIns(variables);
  const makesRootKey = !isGiven(variables, 'GATEHOUSE_ROOT_KEY') && !existsSync(join(dir, 'root.key'));
  if (Object.keys(made).length || makesRootKey) tryDataFolder(dir);
}

function isGiven(variables: Variables, name: string): boolean {
  return textOf(variables, name) !== undefined || textOf(variables, `${name}_FILE`) !== undefined;
}

function dataDirOf(variables: Variables): string {
  return resolve(textOf(variables, 'GATEHOUSE_DATA_DIR') ?? '.gatehouse');
}
