import { LoggerModule as PinoLoggerModule } from 'nestjs-pino';
import { pino } from 'pino';
import { Config } from '../config/config';
import { ConfigModule } from '../config/config.module';

/** What must never be printed, wherever somebody passes it: a second line of defence behind passing only named fields. */
const REDACT = [
  'authorization',
  'apiKey',
  'api_key',
  'key',
  'password',
  'prompt',
  'messages',
  'input',
  'content',
  'body',
].flatMap((name) => [name, `*.${name}`, `*["${name}"]`, `headers.${name}`]);

/** JSON lines on standard output. Calls and requests are logged by what listens to them, so no route is hooked here. */
export const LoggerModule = PinoLoggerModule.forRootAsync({
  imports: [ConfigModule],
  inject: [Config],
  useFactory: (config: Config) => ({
    forRoutes: [],
    pinoHttp: {
      logger: pino({
        level: config.logLevel,
        base: undefined,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (level) => ({ level }) },
        redact: { paths: [...new Set(REDACT)].filter((path) => !path.includes('["')), censor: '[redacted]' },
      }),
      autoLogging: false,
    },
  }),
});
