import { errorFacts } from './error-facts';
import { startedLogger } from './process-logger';
import { processScrubber } from './process-scrubber';

type Level = 'fatal' | 'warn';

/**
 * From now on nothing that nobody caught is printed by Node, which would print every property of an error: a line of ours
 * tells of it, and the process ends with exit code 1. Warnings become lines as well.
 */
export function logCrashes(): void {
  process.on('uncaughtException', (error) => end(error, 'uncaught exception'));
  // left to Node it becomes an exception whose message quotes what was thrown
  process.on('unhandledRejection', (reason) => end(reason, 'unhandled rejection'));
  // Node's own listener prints them
  process.removeAllListeners('warning');
  process.on('warning', (warning) => tell('warn', warning, 'warning'));
}

function end(thrown: unknown, message: string): void {
  tell('fatal', thrown, message);
  process.exit(1);
}

/** Before there is a log the line goes to standard error. */
function tell(level: Level, thrown: unknown, message: string): void {
  try {
    const log = startedLogger();
    if (log) return log[level]({ err: thrown }, message);
    const line = { level, time: new Date().toISOString(), err: errorFacts(thrown), msg: message };
    process.stderr.write(processScrubber.line(`${JSON.stringify(line)}\n`));
  } catch {
    process.stderr.write(`{"level":"${level}","msg":"${message}"}\n`);
  }
}
