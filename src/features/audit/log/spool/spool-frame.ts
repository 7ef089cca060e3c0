import { createHash } from 'node:crypto';
import type { Batch } from '../append/batch';

/** First bytes of every spool file. */
export const MAGIC = Buffer.from('gatehouse-audit-spool/v1\n');

const LENGTH = 4;
const CHECKSUM = 16;
/** Length of the body and its checksum, before the body. */
export const FRAME_HEAD = LENGTH + CHECKSUM;

type Bytes = 'previous' | 'root' | 'signature';
type Fixed = Omit<Batch, 'headers' | 'payloads' | Bytes> & { readonly [K in Bytes]: string };

/** What is fixed as JSON, then header texts and ciphertexts as they are. */
export function encodeFrame({ headers, payloads, ...fixed }: Batch): Buffer {
  const facts: Fixed = {
    ...fixed,
    previous: fixed.previous.toString('base64'),
    root: fixed.root.toString('base64'),
    signature: fixed.signature.toString('base64'),
  };
  const body = Buffer.concat([prefixed(Buffer.from(JSON.stringify(facts))), prefixed(Buffer.from(headers)), payloads]);
  return Buffer.concat([uint32(body.length), checksum(body), body]);
}

/** The length of the body that follows; 0 where a power cut left a file its length without its content. */
export const bodyLength = (head: Buffer): number => head.readUInt32BE(0);

export const isIntact = (head: Buffer, body: Buffer): boolean =>
  checksum(body).equals(head.subarray(LENGTH, FRAME_HEAD));

export function decodeBody(body: Buffer): Batch {
  const facts = body.subarray(LENGTH, LENGTH + body.readUInt32BE(0));
  const afterFacts = LENGTH + facts.length;
  const headersEnd = afterFacts + LENGTH + body.readUInt32BE(afterFacts);
  const fixed = JSON.parse(facts.toString()) as Fixed;
  return {
    ...fixed,
    previous: Buffer.from(fixed.previous, 'base64'),
    root: Buffer.from(fixed.root, 'base64'),
    signature: Buffer.from(fixed.signature, 'base64'),
    headers: body.toString('utf8', afterFacts + LENGTH, headersEnd),
    payloads: body.subarray(headersEnd),
  };
}

const checksum = (body: Buffer): Buffer => createHash('sha256').update(body).digest().subarray(0, CHECKSUM);
const prefixed = (bytes: Buffer): Buffer => Buffer.concat([uint32(bytes.length), bytes]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(LENGTH);
  bytes.writeUInt32BE(value);
  return bytes;
}
