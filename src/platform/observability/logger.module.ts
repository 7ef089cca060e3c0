import { LoggerModule as PinoLoggerModule } from 'nestjs-pino';
import { pino } from 'pino';
import { Config } from '../config/config';
import { ConfigModule } from '../config/config.module';

/** Requests and responses hold keys and content: whoever logs one by accident logs nothing. */
const NOTHING = (): undefined => undefined;

/** Name, message and stack; drivers put the values at fault into other properties. */
function errorFacts(error: { name?: unknown; type?: unknown; message?: unknown; stack?: unknown }): object {
  return { name: error.name ?? error.type, message: error.message, stack: error.stack };
}

const BUFFER_BYTES = 8_192;
const FLUSH_MS = 100;

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

const SERIALIZERS = { err: errorFacts, req: NOTHING, res: NOTHING, request: NOTHING, response: NOTHING, body: NOTHING };

/** JSON lines on standard output. Calls and requests are logged by what listens to them, so no route is hooked here. */
export const LoggerModule = PinoLoggerModule.forRootAsync({
  imports: [ConfigModule],
  inject: [Config],
  useFactory: (config: Config) => ({
    forRoutes: [],
    pinoHttp: {
      logger: pino(
        {
          level: config.logLevel,
          base: undefined,
          timestamp: pino.stdTimeFunctions.isoTime,
          formatters: { level: (level) => ({ level }) },
          serializers: SERIALIZERS,
        },
        standardOutput(),
      ),
      autoLogging: false,
    },
  }),
});
