import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretBackends } from './secret-backends';
import { SecretStore } from './secret-store';
import { SecretWatch } from './secret-watch';

describe('SecretWatch', () => {
  let folder: string;
  let watch: SecretWatch | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'watch-'));
  });
  afterEach(() => {
    watch?.close();
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content, { mode: 0o600 });
  const start = async (refreshMs: number) => {
    const path = join(folder, 'key');
    const place = { scheme: 'file' as const, text: `file:${path}`, path };
    const { store } = await SecretStore.open([{ name: 'S', at: 'S', place }], new SecretBackends({}), {
      production: false,
      refreshMs,
      graceMs: 60_000,
    });
    const seen: string[] = [];
    watch = new SecretWatch(store, ({ name, current }, { kind }) => seen.push(`${name} ${kind} ${current.reveal()}`));
    watch.start();
    const hears = async (what: string): Promise<void> => {
      for (const until = Date.now() + 5_000; !seen.includes(what); await sleep(10))
        if (Date.now() > until) throw new Error(`never heard ${what}: ${seen.join()}`);
    };
    return { seen, hears };
  };

  it('notices at once that a file was written, or another one put in its place', async () => {
    write('key', 'one');
    const { seen, hears } = await start(3_600_000);
    write('key', 'two');
    await hears('S rotated two');
    write('next', 'three');
    renameSync(join(folder, 'next'), join(folder, 'key'));
    await hears('S rotated three');
    rmSync(join(folder, 'key'));
    await hears('S failed three');
    write('key', 'four');
    await hears('S rotated four');
    watch?.close();
    const before = seen.length;
    write('key', 'five');
    await sleep(300);
    expect(seen).toHaveLength(before);
  });

  it('notices how Kubernetes replaces a mounted secret: by one link to another folder', async () => {
    for (const version of ['v1', 'v2']) {
      mkdirSync(join(folder, version));
      write(`${version}/key`, version);
    }
    symlinkSync('v1', join(folder, '..data'));
    symlinkSync(join('..data', 'key'), join(folder, 'key'));
    const { hears } = await start(3_600_000);
    symlinkSync('v2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    await hears('S rotated v2');
  });

  it('looks every now and then where nobody says anything', async () => {
    write('key', 'one');
    const { seen, hears } = await start(40);
    await hears('S same one');
    await sleep(400);
    expect(seen.length).toBeGreaterThan(4);
    expect(seen.length).toBeLessThan(14);
  });
});
