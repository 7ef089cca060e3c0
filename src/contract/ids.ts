import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4096);
let used = pool.length;
let lastMs = 0;
let sequence = 0;

/** A version 7 UUID (RFC 9562): sorts by time, and within one process strictly by order of creation. */
export function uuidv7(now = Date.now()): string {
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  if (now > lastMs) {
    lastMs = now;
    // leave the upper half free to count within one millisecond
    sequence = pool.readUInt16BE(used) & 0x7ff;
  } else if (++sequence > 0xfff) {
    sequence = 0;
    lastMs++;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const variant = (0x8000 | (pool.readUInt16BE(used) & 0x3fff)).toString(16);
  const tail = pool.toString('hex', used + 2, used + 8);
  used += 8;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}-${tail}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
