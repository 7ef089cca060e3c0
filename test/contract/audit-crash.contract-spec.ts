import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The drill in short; `npm run drill:audit` is longer. */
describe('a log whose writers are killed and whose database is stopped at once', () => {
  it('has every entry that somebody got a receipt for, where the receipt says, and verifies', async () => {
    const drill = join(__dirname, '../../bench/audit/crash.mjs');
    const child = spawn(process.execPath, [drill, '--rounds', '4', '--seed', '3'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
    await once(child, 'exit');
    expect(said).toContain('every receipt is in the log at its index, and the log verifies');
    expect(said).toMatch(/[1-9]\d* writers killed, PostgreSQL stopped at once [1-9]\d* times/);
  }, 90_000);
});
