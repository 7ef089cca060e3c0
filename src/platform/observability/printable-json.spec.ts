import { printableJson } from './printable-json';
import { Scrubber } from './scrubber';

describe('printableJson', () => {
  const scrubber = new Scrubber();
  scrubber.protect('DATABASE_URL', 'postgres://app:correct-horse@db.example/log');

  it('shows no secret in any text, and leaves everything else as it is', () => {
    const told = {
      status: 'error',
      count: 3,
      up: false,
      since: null,
      details: [{ database: { message: 'no entry for app with correct-horse\u009b2J' } }, 'correct-horse'],
    };
    expect(printableJson(told, scrubber)).toEqual({
      ...told,
      details: [
        { database: { message: 'no entry for app with [secret DATABASE_URL]\\u009b2J' } },
        '[secret DATABASE_URL]',
      ],
    });
  });
});
