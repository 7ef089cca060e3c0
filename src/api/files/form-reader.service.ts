import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../contract/errors';

type Parser = InstanceType<typeof Busboy>;

export interface Form<T> {
  /** As they came, files too, which have no value here. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly file: { readonly name: string; readonly taken: T } | undefined;
}

const LIMITS = { fieldNameSize: 100, fieldSize: 4_096, fields: 20, files: 2, headerPairs: 100 };

/** Reads uploads. */
@Injectable()
export class FormReader {
  /**
   * A form with one file, in whatever order its parts come; the file is handed on as it comes.
   * @param take is given the file's bytes and must read or refuse them
   * @throws GatewayError `invalid_request` when it is no such form; what `take` throws
   */
  async read<T>(
    payload: Readable,
    headers: IncomingHttpHeaders,
    take: (chunks: Readable) => Promise<T>,
  ): Promise<Form<T>> {
    const fields: [string, string][] = [];
    const parser = parserOf(headers);
    let file: { name: string; stream: Readable; taking: Promise<T> } | undefined;
    parser.on('field', (name: string, value: string) => void fields.push([name, value]));
    parser.on('file', (field: string, stream: Readable, name: string | undefined) => {
      fields.push([field, '']);
      stream.on('error', () => undefined);
      if (field !== 'file' || file) return void stream.resume();
      const taking = take(stream);
      // what is not read any more would hold the rest of the form back for ever
      taking.catch((error: Error) => parser.destroy(error));
      file = { name: name ?? 'file', stream, taking };
    });
    try {
      await parsed(payload, parser);
    } catch (cause) {
      const broken = new GatewayError('invalid_request', 'The form ended before it was complete', { cause });
      file?.stream.destroy(broken);
      await file?.taking;
      throw broken;
    }
    return { fields, file: file && { name: file.name, taken: await file.taking } };
  }
}

/** Unlike a pipeline it leaves the connection alone when the form is wrong: its sender is to be told. */
function parsed(payload: Readable, parser: Parser): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      payload.unpipe(parser);
      // what still comes is of no use to anybody
      payload.resume();
      reject(error);
    };
    // more than one thing may go wrong, and an error that nobody hears ends the process
    parser.once('finish', resolve).on('error', fail);
    payload.on('error', fail).once('close', () => {
      if (!payload.readableEnded) fail(new Error('its sender went away'));
    });
    payload.pipe(parser);
  });
}

function parserOf(headers: IncomingHttpHeaders): Parser {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits: LIMITS });
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The body must be a form: multipart/form-data with a boundary', {
      cause,
    });
  }
}
