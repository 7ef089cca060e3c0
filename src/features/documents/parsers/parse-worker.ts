/** The thread in which a document is read: whatever it holds, the rest of the process goes on. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { GatewayError } from '../../../contract/errors';
import { type Format, MEDIA_TYPES } from '../media-type';
import type { Parsed, ParseLimits } from '../parsed-page';
import { PARSERS } from './parsers';

export interface ParseTask {
  readonly bytes: Uint8Array;
  readonly format: Format;
  readonly limits: ParseLimits;
}

export type ParseMessage =
  | Parsed
  | { readonly type: 'end' }
  | { readonly type: 'refused'; readonly code: 'invalid_request' | 'prompt_too_large'; readonly message: string };

async function work({ bytes, format, limits }: ParseTask, port: MessagePort): Promise<void> {
  const tell = (message: ParseMessage): void => port.postMessage(message);
  try {
    for await (const parsed of PARSERS[format](bytes, limits)) tell(parsed);
    tell({ type: 'end' });
  } catch (error) {
    const known =
      error instanceof GatewayError && (error.code === 'invalid_request' || error.code === 'prompt_too_large');
    tell({
      type: 'refused',
      code: known ? (error.code as 'invalid_request' | 'prompt_too_large') : 'invalid_request',
      message: known ? error.message : `The document cannot be read as ${MEDIA_TYPES[format]}`,
    });
  }
}

if (parentPort) void work(workerData as ParseTask, parentPort);
