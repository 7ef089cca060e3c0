import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/**
 * The framework's logger until the application's own is there. When the start fails, that is never: what is said by then would
 * otherwise be printed as it is.
 */
export function startLogger(log: Logger): LoggerService {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      const facts = typeof context === 'string' ? { context } : {};
      if (message instanceof Error) log[level]({ ...facts, err: message });
      else if (typeof message === 'object') log[level]({ ...facts, ...message });
      else log[level](facts, '%s', message);
    };
  return {
    log: at('debug'),
    error: at('error'),
    warn: at('warn'),
    debug: at('debug'),
    verbose: at('debug'),
    fatal: at('fatal'),
  };
}
