import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../../../contract/json';
import { readSecretFile } from '../secret-file';
import { SecretUnavailable } from '../secret-unavailable';
import { textOf, type Variables } from '../variables';

/** How this process proves to Vault who it is. */
export type VaultLogin =
  | { readonly by: 'token'; readonly token: () => Promise<string> }
  | { readonly by: 'approle' | 'kubernetes'; readonly path: string; readonly body: () => Promise<JsonObject> };

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * From `VAULT_TOKEN`, else `VAULT_ROLE_ID` with `VAULT_SECRET_ID`, else `VAULT_KUBERNETES_ROLE`.
 * @throws SecretUnavailable when none is set
 */
export function vaultLogin(variables: Variables): VaultLogin {
  const text = (name: string): string | undefined => textOf(variables, name);
  if (text('VAULT_TOKEN') ?? text('VAULT_TOKEN_FILE'))
    return { by: 'token', token: () => variableOrFile(variables, 'VAULT_TOKEN') };
  const roleId = text('VAULT_ROLE_ID');
  if (roleId)
    return {
      by: 'approle',
      path: `auth/${text('VAULT_AUTH_MOUNT') ?? 'approle'}/login`,
      body: async () => ({ role_id: roleId, secret_id: await variableOrFile(variables, 'VAULT_SECRET_ID') }),
    };
  const role = text('VAULT_KUBERNETES_ROLE');
  if (role)
    return {
      by: 'kubernetes',
      path: `auth/${text('VAULT_AUTH_MOUNT') ?? 'kubernetes'}/login`,
      body: async () => ({ role, jwt: await serviceAccountToken(text('VAULT_KUBERNETES_TOKEN_FILE')) }),
    };
  throw new SecretUnavailable('Vault needs VAULT_TOKEN, VAULT_ROLE_ID with VAULT_SECRET_ID, or VAULT_KUBERNETES_ROLE');
}

/** `NAME`, or the content of the file that `NAME_FILE` names, read anew each time: an agent may replace it. */
async function variableOrFile(variables: Variables, name: string): Promise<string> {
  const [value, file] = [textOf(variables, name), textOf(variables, `${name}_FILE`)];
  if (value && file) throw new SecretUnavailable(`${name} is set together with ${name}_FILE; set one of them`);
  if (value) return value;
  if (!file) throw new SecretUnavailable(`${name} is not set`);
  return (await readSecretFile(file)).value.trim();
}

/** The cluster puts it there, readable by every process of the pod. */
async function serviceAccountToken(file = SERVICE_ACCOUNT): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new SecretUnavailable(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}
