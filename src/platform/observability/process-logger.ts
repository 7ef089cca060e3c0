import { pino, type Logger } from 'pino';
import { errorFacts } from './error-facts';
import { knownFields } from './log-fields';
import { processScrubber } from './process-scrubber';
import type { Scrubber } from './scrubber';

/** Requests and responses hold keys and content: whoever logs one by accident logs nothing. */
const NOTHING = (): undefined => undefined;
const SERIALIZERS = {
  err: errorFacts,
  req: NOTHING,
  res: NOTHING,
  request: NOTHING,
  response: NOTHING,
  body: NOTHING,
};

const BUFFER_BYTES = 8_192;
const FLUSH_MS = 100;

export interface Destination {
  write(line: string): void;
}

/** Lines of JSON with known fields only, each of them scrubbed. */
export function makeLogger(level: string, scrubber: Scrubber, destination: Destination): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (name) => ({ level: name }), log: knownFields },
      serializers: SERIALIZERS,
      hooks: {
        // an error without a message of the caller's own lends its own, which must be what is said of it elsewhere
        logMethod(args, method) {
          const [first, message] = args as [unknown, unknown];
          const error =
            message === undefined && typeof first === 'object' && first !== null ? errorIn(first) : undefined;
          if (error === undefined) return method.apply(this, args);
          method.call(this, first instanceof Error ? { err: first } : first, errorFacts(error).message);
        },
        streamWrite: (line) => scrubber.line(line),
      },
    },
    destination,
  );
}

function errorIn(facts: object): unknown {
  return facts instanceof Error ? facts : (facts as { err?: unknown }).err;
}

let made: Logger | undefined;

/** The log of this process on standard output. The first who asks says how much it tells. */
export function processLogger(level: string): Logger {
  return (made ??= makeLogger(level, processScrubber, standardOutput()));
}

/** The same where it exists by now. */
export function startedLogger(): Logger | undefined {
  return made;
}

/**
 * Lines are written many at a time: a write for each costs more than the line. What is not written yet is written when the
 * process ends by itself; the record of a call does not depend on it.
 */
function standardOutput(): ReturnType<typeof pino.destination> {
  const destination = pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
  process.once('exit', () => {
    try {
      destination.flushSync();
    } catch {
      // nobody reads any more
    }
  });
  return destination;
}
