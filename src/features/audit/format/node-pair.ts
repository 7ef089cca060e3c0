import { hash } from 'node:crypto';
import { HASH_BYTES } from './hashes';

const LEFT = 1;
const RIGHT = 1 + HASH_BYTES;

/** Room for two hashes, laid out as RFC 6962 hashes a node. Filled again and again: a tree of millions makes no garbage. */
export class NodePair {
  private readonly bytes = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

  set left(hash: Uint8Array) {
    this.bytes.set(hash, LEFT);
  }

  /** A copy. */
  get left(): Buffer {
    return Buffer.from(this.bytes.subarray(LEFT, RIGHT));
  }

  set right(hash: Uint8Array) {
    this.bytes.set(hash, RIGHT);
  }

  /** The same with what `node` returns. */
  writeLeft(latin1: string): void {
    this.bytes.write(latin1, LEFT, 'latin1');
  }

  writeRight(latin1: string): void {
    this.bytes.write(latin1, RIGHT, 'latin1');
  }

  /** RFC 6962, 2.1: the hash of the node. A character is a byte: to write it into another pair needs no buffer between. */
  node(): string {
    return hash('sha256', this.bytes, 'binary');
  }
}
