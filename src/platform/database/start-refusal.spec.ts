import { ConfigError } from '../config/problems';
import { startRefusal } from './start-refusal';

const error = (message: string, code?: string, cause?: Error) => Object.assign(new Error(message, { cause }), { code });

describe('startRefusal', () => {
  it.each([
    error('password authentication failed for user "x"', '28P01'),
    error('database "x" does not exist', '3D000'),
    error('permission denied for schema public', '42501'),
    error('The server does not support SSL connections'),
  ])('names the variable of a server that refuses: %s', (refused) => {
    const found = startRefusal('DATABASE_URL', refused);
    expect(found).toBeInstanceOf(ConfigError);
    expect((found as ConfigError).problems).toEqual([`DATABASE_URL: PostgreSQL refuses it: ${refused.message}`]);
  });

  it('looks for what happened behind what was made of it', () => {
    const away = error(
      'The keys of the audit log cannot be reached now',
      'audit_unavailable',
      error('refused', 'ECONNREFUSED'),
    );
    expect(startRefusal('GATEHOUSE_KEYS_DATABASE_URL', away)).toMatchObject({
      message: 'PostgreSQL at GATEHOUSE_KEYS_DATABASE_URL does not answer: refused',
    });
  });

  it('leaves other errors as they are', () => {
    const other = error('a newer release took away what this one needs');
    expect(startRefusal('DATABASE_URL', other)).toBe(other);
  });
});
