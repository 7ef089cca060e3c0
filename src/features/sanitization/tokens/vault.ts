import type { Entity } from '../../../contract/entities';
import { GatewayError } from '../../../contract/errors';
import { hmacSha256 } from '../../../contract/hmac';
import type { GuardMemory } from '../../../contract/in-batch';
import { isOurLabel, TOKEN_LABELS } from './token-labels';

/** Crockford's base32: no letters that are taken for others. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LEAST = 4;
const MOST = 12;
const TOKENS = 10_000;
/** Whatever looks like a token, whoever made it. */
export const TOKEN = /\[\[[A-Z]{2,16}_[0-9A-HJKMNP-TV-Z]{4,12}\]\]/gi;

/** What is inside of one. */
const BARE = /(?<![A-Z])([A-Z]{2,16})\\{0,2}_([0-9A-HJKMNP-TV-Z]{4,12})(?![0-9A-Z])/gi;

/**
 * The tokens of one call, in memory for as long as it lasts. The same value has the same token throughout a conversation, so
 * that what is said stays the same from turn to turn, and another in every other conversation.
 */
export class TokenVault {
  private readonly byValue = new Map<string, string>();
  private readonly byToken = new Map<string, string>();
  private readonly values = new Set<string>();
  private readonly taken = new Set<string>();

  private key: Buffer | undefined;

  /** @param secret of the conversation; a function is asked for it when the first token is made, and most calls need none */
  constructor(private readonly secret: Buffer | (() => Buffer)) {}

  get size(): number {
    return this.byToken.size;
  }

  /**
   * What of a text looks like a token is never given out: whoever wrote it must not get somebody's value for it. The same holds without
   * brackets, as names have it.
   */
  reserve(text: string): void {
    if (!text.includes('_')) return;
    for (const [, label = '', suffix = ''] of text.matchAll(BARE))
      if (isOurLabel(label)) this.taken.add(`[[${label}_${suffix}]]`.toUpperCase());
  }

  /** @throws GatewayError `prompt_rejected` when a call holds too many values */
  mint(entity: Entity, value: string): string {
    const name = nameOf(entity, value);
    const known = this.byValue.get(name);
    if (known) return known;
    if (this.byValue.size >= TOKENS)
      throw new GatewayError('prompt_rejected', `The call holds more than ${TOKENS} personal values`);
    const token = this.free(entity, this.hmac(name));
    this.keep(entity, value, token);
    return token;
  }

  /** Everything that has a token, in the order in which it got one. */
  get all(): GuardMemory['tokens'] {
    return Array.from(this.byValue, ([name, token]) => {
      const at = name.indexOf('\0');
      return [name.slice(0, at) as Entity, name.slice(at + 1), token] as const;
    });
  }

  /** What had tokens when the call left, in another process: it keeps them. */
  recall(tokens: GuardMemory['tokens']): void {
    for (const [entity, value, token] of tokens) this.keep(entity, value, token);
  }

  /**
   * A keyed hash of all values so far and their tokens, hex; undefined while there are none. Tokens are short: two values may have the
   * same one in two calls, and those are not the same call.
   */
  get fingerprint(): string | undefined {
    if (!this.byToken.size) return undefined;
    // of a length that its name tells, so that nothing runs into its neighbour
    const all = Array.from(this.byToken, ([token, value]) => `${token}${value.length}\0${value}`);
    return this.hmac(all.join('')).toString('hex');
  }

  private hmac(message: string): Buffer {
    this.key ??= typeof this.secret === 'function' ? this.secret() : this.secret;
    return hmacSha256(this.key, message);
  }

  /** A token, or the name of its kind when the call holds too many values: for what is only taken down. */
  mintIfRoom(entity: Entity, value: string): string {
    const isFull = this.byValue.size >= TOKENS && !this.byValue.has(nameOf(entity, value));
    return isFull ? `<${TOKEN_LABELS[entity]}>` : this.mint(entity, value);
  }

  /** Undefined for what was not minted for this call. Models like to write in lower case. */
  valueOf(token: string): string | undefined {
    return this.byToken.get(token) ?? this.byToken.get(token.toUpperCase());
  }

  /** Whether the call holds this value. */
  holds(value: string): boolean {
    return this.values.has(value);
  }

  private keep(entity: Entity, value: string, token: string): void {
    this.byValue.set(nameOf(entity, value), token);
    this.byToken.set(token, value);
    this.values.add(value);
  }

  private free(entity: Entity, digest: Buffer): string {
    let letters = '';
    for (const byte of digest.subarray(0, MOST)) letters += ALPHABET[byte % 32];
    for (let length = LEAST; length <= MOST; length++) {
      const token = `[[${TOKEN_LABELS[entity]}_${letters.slice(0, length)}]]`;
      if (!this.byToken.has(token) && !this.taken.has(token)) return token;
    }
    throw new GatewayError('prompt_rejected', 'The call is full of what looks like tokens');
  }
}

const nameOf = (entity: Entity, value: string): string => `${entity}\0${value}`;
