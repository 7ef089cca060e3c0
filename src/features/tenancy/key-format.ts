import { hash, randomBytes } from 'node:crypto';

const SHAPE = /^gh_[A-Za-z0-9_-]{43}$/;

/** `gh_` and 256 random bits. The only moment at which the whole key exists on our side. */
export function newKey(): string {
  return `gh_${randomBytes(32).toString('base64url')}`;
}

export function isKeyShaped(text: string): boolean {
  return text.length === 46 && SHAPE.test(text);
}

/** SHA-256 in base64: what keys are looked up by. Fast on purpose, for there is nothing to guess in 256 random bits. */
export function keyHash(key: string): string {
  return hash('sha256', key, 'base64');
}

/** Enough to recognise a key in a list, far too little to use it. */
export function keyPrefix(key: string): string {
  return key.startsWith('gh_') ? key.slice(0, 11) : key.slice(0, 4);
}
