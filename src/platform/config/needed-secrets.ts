import { KEK_NAMES } from '../secrets/key-wrappers';
import { keyTextProblem } from '../secrets/key-text';
import { parseKeyReference } from '../secrets/key-reference';
import { keysIn } from '../secrets/live-keys';
import { rootKeyProblem } from '../secrets/root-key-text';
import type { Secret } from '../secrets/secret';
import { SecretBackends } from '../secrets/secret-backends';
import type { SecretRequest } from '../secrets/secret-request';
import { SecretStore } from '../secrets/secret-store';
import type { Variables } from '../secrets/variables';
import type { AuditSettings } from './audit-settings';
import { Environment, type Check } from './environment';
import type { Incidents } from './incidents';
import { Problems } from './problems';
import type { Settings } from './settings';

/** Printable ASCII without spaces: what goes into the header of a request. */
const SENDABLE = /^[\x21-\x7e]+$/;
const postgres: Check = (value) => schemeProblem(value, /^postgres(ql)?:$/, 'postgres://…') ?? escapeProblem(value);
const redis: Check = (value) => schemeProblem(value, /^rediss?:$/, 'redis://…');
/** A list of provider keys. */
export const someKeys: Check = (value) => {
  const keys = keysIn(value);
  if (!keys.length) return 'holds no key';
  return keys.every((key) => SENDABLE.test(key)) ? undefined : 'holds a key with a character that no header takes';
};

/** The secrets of the gateway that have a variable of their own. */
const VARIABLES = {
  DATABASE_URL: postgres,
  GATEHOUSE_KEYS_DATABASE_URL: postgres,
  REDIS_URL: redis,
  GATEHOUSE_ROOT_KEY: rootKeyProblem,
  GATEHOUSE_MASTER_KEY: keyTextProblem,
} as const satisfies Record<string, Check>;

export type SecretVariable = keyof typeof VARIABLES;

export function secretVariables(env: Environment): SecretRequest[] {
  return (Object.keys(VARIABLES) as SecretVariable[]).flatMap((name) => env.secret(name, VARIABLES[name]) ?? []);
}

/** Those of a command that needs no other configuration. */
const OF_COMMANDS = { DATABASE_URL: postgres, GATEHOUSE_ADMIN_DATABASE_URL: postgres } as const;

/**
 * The secrets of a command, from wherever the environment says that they are.
 * @throws ConfigError that lists all that are missing, by name
 */
export async function secretsOfCommand<N extends keyof typeof OF_COMMANDS>(
  variables: Variables,
  ...names: readonly N[]
): Promise<Readonly<Record<N, Secret>>> {
  const problems = new Problems();
  const env = new Environment(variables, problems);
  const requests = names.flatMap((name) => {
    const request = env.secret(name, OF_COMMANDS[name]);
    if (!request && !problems.mention(name)) problems.add(name, 'is not set');
    return request ?? [];
  });
  const options = { production: env.production(), refreshMs: 0, graceMs: 0 };
  const backends = new SecretBackends(variables);
  const { store, missing } = await SecretStore.open(requests, backends, options);
  backends.close();
  for (const [at, reason] of missing) problems.add(at, reason);
  problems.throwIfAny();
  return Object.fromEntries(names.map((name) => [name, store.get(name).current])) as Record<N, Secret>;
}

/** Key-encryption keys that are kept as secrets; others never leave where they are. */
export function kekSecrets({ kek }: AuditSettings, env: Environment, problems: Problems): SecretRequest[] {
  const named = [
    [KEK_NAMES.use, kek.use] as const,
    ...kek.previous.map((text, index) => [KEK_NAMES.previous(index), text] as const),
  ];
  return named.flatMap(([name, text]) => {
    const reference = parseKeyReference(text);
    if (!reference)
      problems.add(name, 'must be master-key, vault-transit:<mount>/keys/<name>, aws-kms:<arn> or a secret');
    return reference?.kind === 'secret' ? (env.reference(reference.reference, name, keyTextProblem) ?? []) : [];
  });
}

/** What the secrets of the sidecar and the classifier are called, and where they are asked for. */
export const SIDECAR_KEY = 'sanitization.sidecar.apiKey';
export const CLASSIFIER_KEY = 'sanitization.classifier.apiKey';
const headerValue: Check = (value) =>
  /^[\x21-\x7e]+$/.test(value) ? undefined : 'holds characters that no header can carry';

export function guardSecrets({ sidecar, classifier }: Settings['sanitization'], env: Environment): SecretRequest[] {
  const asked = [
    [SIDECAR_KEY, sidecar?.apiKey],
    [CLASSIFIER_KEY, classifier?.apiKey],
  ] as const;
  return asked.flatMap(([name, reference]) => (reference ? (env.reference(reference, name, headerValue) ?? []) : []));
}

/** What the key of the flag service is called, and where it is asked for. */
export const FLAG_SERVICE_KEY = 'flags.provider.sdkKey';

export function flagSecrets({ provider }: Settings['flags'], env: Environment): SecretRequest[] {
  const reference =
    provider.type === 'launchdarkly' ? env.reference(provider.sdkKey, FLAG_SERVICE_KEY, headerValue) : undefined;
  return reference ? [reference] : [];
}

/** What the secret of a channel that tells of incidents is called, and where it is asked for. */
export const channelSecret = (channel: string): string => `incidents.channels.${channel}`;
const CHANNEL_CHECKS: Readonly<Record<Incidents['channels'][string]['type'], Check>> = {
  webhook: (value) => (/^whsec_[A-Za-z0-9+/]{16,200}={0,2}$/.test(value) ? undefined : 'must be whsec_ and base64'),
  slack: (value) => schemeProblem(value, /^https?:$/, 'https://…'),
  pagerduty: headerValue,
};

export function channelSecrets({ channels }: Incidents, env: Environment): SecretRequest[] {
  return Object.entries(channels).flatMap(([name, channel]) => {
    const reference = { webhook: 'secret', slack: 'url', pagerduty: 'routingKey' }[channel.type];
    const text = (channel as Record<string, string>)[reference] ?? '';
    return env.reference(text, channelSecret(name), CHANNEL_CHECKS[channel.type]) ?? [];
  });
}

function escapeProblem(url: string): string | undefined {
  return /%(?![0-9a-f]{2})/i.test(url) ? 'has a % that stands for itself: write it as %25' : undefined;
}

function schemeProblem(url: string, scheme: RegExp, form: string): string | undefined {
  return scheme.test(URL.parse(url)?.protocol ?? '') ? undefined : `must be a URL of the form ${form}`;
}
