import { Logger } from '@nestjs/common';
import { EVENT_LINES } from './event-lines';
import { LOG_FIELDS } from './log-fields';
import { makeLogger } from './process-logger';
import { Scrubber } from './scrubber';
import { startLogger } from './start-logger';

const CANARY = 'cnry-81cc-personal';

describe('the lines of the log', () => {
  const lines: string[] = [];
  const scrubber = new Scrubber();
  scrubber.protect('KEY', 'a-secret-of-ours');
  const log = makeLogger('debug', scrubber, { write: (line) => void lines.push(line) });
  const written = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
  beforeEach(() => (lines.length = 0));

  it('have fields that are known, and say how many were left out', () => {
    log.info({ model: 'm', prompt: CANARY, [`a ${CANARY}`]: 1, user: { name: CANARY } }, 'call');
    expect(written()).toEqual({ level: 'info', time: expect.any(String), model: 'm', left_out: 3, msg: 'call' });
  });

  it('know every field that lines of events give a name to', () => {
    // the fields of events themselves are checked when it is compiled
    const lists: Record<string, object> = { 'config.reloaded': { changed: [], pending: [], problems: [] } };
    for (const [name, line] of Object.entries(EVENT_LINES)) {
      const [level, message, facts] = line((lists[name] ?? {}) as never);
      log[level](facts, message);
      expect(written()).not.toHaveProperty('left_out');
    }
    expect(new Set(LOG_FIELDS).size).toBe(LOG_FIELDS.length);
  });

  it.each<[string, () => void]>([
    ['an error alone', () => log.error(syntaxError())],
    ['an error as a fact', () => log.error({ err: syntaxError() })],
    ['an error as a fact beside a message', () => log.error({ err: syntaxError() }, 'failed')],
    [
      'a request',
      () => log.error({ req: { headers: { a: CANARY } }, request: CANARY, res: CANARY, body: CANARY }, 'failed'),
    ],
    ['a request alone', () => log.error({ method: CANARY, headers: { a: CANARY }, socket: {} })],
  ])('say nothing of what is in %s', (_what, write) => {
    write();
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(CANARY);
  });

  it('borrow the message of an error that comes without one', () => {
    log.error(new TypeError('is not a function'));
    expect(written()).toMatchObject({ msg: 'is not a function', err: { name: 'TypeError' } });
  });

  it('are scrubbed, whoever writes them', () => {
    log
      .child({ context: 'a-secret-of-ours' })
      .warn({ reason: 'it was a-secret-of-ours' }, 'with %s', 'a-secret-of-ours');
    expect(written()).toMatchObject({
      context: '[secret KEY]',
      reason: 'it was [secret KEY]',
      msg: 'with [secret KEY]',
    });
  });

  it('are one line each', () => {
    log.info({ reason: 'a\nb\u2028c' }, 'one\n{"level":"fatal"}\r\n');
    expect(lines.join('').match(/[\n\r\u2028]/g)).toEqual(['\n']);
  });

  describe('of the framework before the application is there', () => {
    beforeEach(() => Logger.overrideLogger(startLogger(log)));
    afterAll(() => Logger.overrideLogger(false));

    it('are lines of ours', () => {
      new Logger('ExceptionHandler').error(new Error('a-secret-of-ours is wrong'));
      expect(written()).toMatchObject({ level: 'error', context: 'ExceptionHandler', msg: '[secret KEY] is wrong' });
      new Logger('X').warn('50 %s', 'ignored', 'X');
      expect(written()).toMatchObject({ level: 'warn', msg: '50 %s' });
      new Logger('X').error({ reason: 'r', other: CANARY });
      expect(written()).toMatchObject({ reason: 'r', left_out: 1 });
    });
  });
});

function syntaxError(): Error {
  try {
    JSON.parse(CANARY);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was parsed');
}
