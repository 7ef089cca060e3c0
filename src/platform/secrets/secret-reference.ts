import { Secret } from './secret';

/** Where a secret is kept. `text` is how an operator wrote it; of a literal only that it is one. */
export type SecretReference = { readonly text: string } & (
  | { readonly scheme: 'env'; readonly variable: string }
  | { readonly scheme: 'file'; readonly path: string }
  | AwsReference
  | GcpReference
  | VaultReference
  | { readonly scheme: 'literal'; readonly value: Secret }
);
export interface AwsReference {
  readonly scheme: 'aws-sm';
  /** An ARN or a name. */
  readonly id: string;
  /** A field of a secret that is a JSON object; dots lead into objects. */
  readonly field?: string | undefined;
  readonly stage?: string | undefined;
}
export interface GcpReference {
  readonly scheme: 'gcp-sm';
  readonly secret: string;
  readonly version: string;
}
export interface VaultReference {
  readonly scheme: 'vault';
  /** `<mount>/data/<path>` */
  readonly path: string;
  readonly field: string;
}

export const REFERENCE_FORMS = {
  env: 'env:NAME',
  file: 'file:/path',
  'aws-sm': 'aws-sm:<arn|name>[#json.key][@stage]',
  'gcp-sm': 'gcp-sm:projects/<p>/secrets/<s>[/versions/<v>]',
  vault: 'vault:<mount>/data/<path>#field',
  literal: 'literal:<value>',
} as const;
type Scheme = keyof typeof REFERENCE_FORMS;

/** The scheme that the text begins with; undefined: it is no reference but a value. */
export function schemeOf(text: string): Scheme | undefined {
  const scheme = text.slice(0, Math.max(0, text.indexOf(':')));
  return Object.hasOwn(REFERENCE_FORMS, scheme) ? (scheme as Scheme) : undefined;
}

/** Undefined when what follows the scheme is not as its form wants it. */
export function parseReference(text: string): SecretReference | undefined {
  const scheme = schemeOf(text);
  const rest = scheme && text.slice(scheme.length + 1).trim();
  if (!scheme || !rest) return undefined;
  switch (scheme) {
    case 'env':
      return /^[A-Za-z_]\w*$/.test(rest) ? { scheme, text, variable: rest } : undefined;
    case 'file':
      return { scheme, text, path: rest };
    case 'aws-sm': {
      // a name may hold an @: what stands behind the last one is the stage
      const [, id, field, stage] = /^([\w/+=.@:!-]+?)(?:#([^#@]+))?(?:@([^#@\s]+))?$/.exec(rest) ?? [];
      return id ? { scheme, text, id, field, stage } : undefined;
    }
    case 'gcp-sm': {
      const [, secret, version = 'latest'] =
        /^(projects\/[\w.:-]+\/secrets\/[\w-]+)(?:\/versions\/([\w-]+))?$/.exec(rest) ?? [];
      return secret ? { scheme, text, secret, version } : undefined;
    }
    case 'vault': {
      const [, path, field] = /^([^#\s]+\/data\/[^#\s]+)#(.+)$/.exec(rest) ?? [];
      return path && field && isPlain(path) ? { scheme, text, path, field } : undefined;
    }
    case 'literal':
      return { scheme, text: 'literal', value: new Secret(rest) };
  }
}

/** No segment that is empty or leads elsewhere. */
export function isPlain(path: string): boolean {
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}
