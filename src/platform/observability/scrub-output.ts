import type { Scrubber } from './scrubber';

/**
 * From now on whatever anybody writes to the stream as text is scrubbed: the banner, and what libraries print by themselves.
 * The log writes past it, for its lines are scrubbed already.
 */
export function scrubOutput(stream: NodeJS.WriteStream, scrubber: Scrubber): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]): boolean =>
    write(typeof chunk === 'string' ? scrubber.printable(chunk) : chunk, ...rest);
}
