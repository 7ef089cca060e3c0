import { addAbortSignal } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { RecordedFile } from '../../features/audit';
import { IterableReadable } from '../door/iterable-readable';

/** A file that is made while it is sent; a break of the connection ends the making, and its end, when nobody reads, the connection. No cache keeps it. */
export async function sendFile(
  reply: FastifyReply,
  { id, chunks, stalled }: RecordedFile,
  extension: string,
  type: string,
): Promise<void> {
  await reply
    .headers({
      'cache-control': 'no-store',
      'content-type': type,
      'content-disposition': `attachment; filename="gatehouse-audit-${id}.${extension}"`,
      'x-gatehouse-export': id,
    })
    .send(addAbortSignal(stalled, new IterableReadable(chunks)));
}
