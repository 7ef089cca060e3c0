import { isPlain } from './secret-reference';

/** Where a key-encryption key is: derived here, a secret that holds it, or a service that it never leaves. */
export type KeyReference =
  | { readonly kind: 'master-key' }
  | { readonly kind: 'secret'; readonly reference: string }
  | { readonly kind: 'vault-transit'; readonly path: string }
  | { readonly kind: 'aws-kms'; readonly arn: string };

/** Undefined when it is written as none of them is. A secret's own reference is checked by whoever reads it. */
export function parseKeyReference(text: string): KeyReference | undefined {
  if (text === 'master-key') return { kind: 'master-key' };
  const [, scheme, rest = ''] = /^([a-z-]+):(.+)$/.exec(text) ?? [];
  if (scheme === 'vault-transit')
    return /^[^#?\s]+\/keys\/[^/#?\s]+$/.test(rest) && isPlain(rest) ? { kind: scheme, path: rest } : undefined;
  if (scheme === 'aws-kms')
    return /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+$/.test(rest)
      ? { kind: scheme, arn: rest }
      : undefined;
  return scheme ? { kind: 'secret', reference: text } : undefined;
}
