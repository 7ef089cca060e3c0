import { OwnStatements } from './own-statements';

const signature = Buffer.from('signature');

describe('what this process signed', () => {
  it('is recognised once, with that signature only', () => {
    const own = new OwnStatements();
    own.add('first', signature);
    own.add('second', signature);
    expect(own.take('first', signature)).toBe(true);
    expect(own.take('first', signature)).toBe(false);
    expect(own.take('second', Buffer.from('another one'))).toBe(false);
    expect(own.take('third', signature)).toBe(false);
  });

  it('is bounded: the oldest is left to a verification', () => {
    const own = new OwnStatements(2);
    for (const statement of ['first', 'second', 'third']) own.add(statement, signature);
    expect(own.take('first', signature)).toBe(false);
    expect(own.take('third', signature)).toBe(true);
  });
});
