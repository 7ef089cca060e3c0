import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names below it are known here and nowhere else. */
const ZONE = '.gatehouse.test';

/** Answers for names of the zone in a process that is started with it, as the file says at that moment. */
const RESOLVER = `
const dns = require('node:dns');
const { readFileSync } = require('node:fs');
const { lookup } = dns;
dns.lookup = (name, options, done) => {
  if (!name.endsWith('${ZONE}')) return lookup(name, options, done);
  const callback = done ?? options;
  if (JSON.parse(readFileSync(process.env.TEST_NAMES, 'utf8')).includes(name)) return lookup('127.0.0.1', options, done);
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND ' + name), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
  process.nextTick(callback, error);
};
`;

/** Names of this machine that another process can find, until they are taken away. */
export class Names {
  private readonly folder = mkdtempSync(join(tmpdir(), 'names-'));
  private readonly file = join(this.folder, 'known.json');

  constructor(private readonly known: readonly string[]) {
    writeFileSync(join(this.folder, 'resolver.cjs'), RESOLVER);
    this.giveBack();
  }

  /** For the environment of that process. */
  get env(): Record<string, string> {
    return { NODE_OPTIONS: `--require ${join(this.folder, 'resolver.cjs')}`, TEST_NAMES: this.file };
  }

  takeAway(): void {
    writeFileSync(this.file, '[]');
  }

  giveBack(): void {
    writeFileSync(this.file, JSON.stringify(this.known.map((name) => name + ZONE)));
  }

  /** The same URL by a name of the zone. */
  named(url: string, name: string): string {
    const named = new URL(url);
    named.hostname = name + ZONE;
    return named.href;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
