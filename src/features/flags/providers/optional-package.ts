import { createRequire } from 'node:module';

const load = createRequire(__filename);

/**
 * A package that is not installed with the gateway: whoever configures what needs it adds it.
 * @throws Error that names the setting and the packages, where it is not installed
 */
export function optionalPackage<T>(name: string, setting: string, packages: readonly string[]): T {
  try {
    return load(name) as T;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error(`${setting} needs what is not installed: npm install ${packages.join(' ')}`, { cause: error });
  }
}
