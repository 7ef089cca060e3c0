import { LoggerModule as PinoLoggerModule } from 'nestjs-pino';
import { Config } from '../config/config';
import { ConfigModule } from '../config/config.module';
import { processLogger } from './process-logger';

/** JSON lines on standard output. Calls and requests are logged by what listens to them, so no route is hooked here. */
export const LoggerModule = PinoLoggerModule.forRootAsync({
  imports: [ConfigModule],
  inject: [Config],
  useFactory: ({ logLevel }: Config) => ({
    forRoutes: [],
    pinoHttp: { logger: processLogger(logLevel), autoLogging: false },
  }),
});
