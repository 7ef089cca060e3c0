import type { Entity } from '../../../contract/entities';
import type { Operator } from '../../../platform/config/guards';
import { TOKEN_LABELS } from './token-labels';
import type { TokenVault } from './vault';

export type Operate = (operator: Operator, entity: Entity, value: string) => string;

const SHOWN = 4;

/** @param hash of the tenant: the same digest, hex, for the same text */
export function operators(vault: TokenVault, hash: (text: string) => string): Operate {
  return (operator, entity, value) => {
    switch (operator) {
      case 'tokenize':
        return vault.mint(entity, value);
      case 'mask':
        return masked(value);
      case 'redact':
        return '';
      case 'replace':
        return `<${TOKEN_LABELS[entity]}>`;
      case 'hash':
        return `[[${TOKEN_LABELS[entity]}#${hash(`${entity}\0${value}`).slice(0, 12)}]]`;
      case 'keep':
        return value;
      case 'block':
        // nobody is sent a call that is blocked
        return `<${TOKEN_LABELS[entity]}>`;
    }
  };
}

/** All but the last four letters and digits; less of short values, so that half stays hidden. */
function masked(value: string): string {
  const count = value.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  let left = count - Math.min(SHOWN, Math.floor(count / 2));
  return value.replace(/[\p{L}\p{N}]/gu, (char) => (left-- > 0 ? '*' : char));
}
