import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComposeDriver } from './compose-driver';

describe('docker compose', () => {
  let folder: string;
  let driver: ComposeDriver;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'compose-'));
    const docker = join(folder, 'docker');
    const says = [
      '*inspect*) echo sha256:0123456789abcdef ;;',
      '*" ps "*) echo gateway-blue ;;',
      '*migrate.js) echo nothing to migrate ;;',
    ];
    const fails = '*broken*) echo "no such image" >&2; exit 1 ;;';
    writeFileSync(
      docker,
      `#!/bin/sh\necho "$@" >> ${folder}/asked\ncase "$*" in\n${[fails, ...says].join('\n')}\nesac\n`,
    );
    chmodSync(docker, 0o755);
    driver = new ComposeDriver(folder, docker);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const asked = () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');

  it('runs a release as the service of its colour, under the image of that colour', async () => {
    const release = await driver.release('gatehouse:1.2');
    expect(release).toEqual({ place: 'gatehouse:1.2', label: 'gatehouse:1.2@0123456789ab' });
    expect(await driver.migrate('green', release)).toBe('nothing to migrate');
    await driver.start('green');
    expect([await driver.isRunning('blue'), await driver.isRunning('green')]).toEqual([true, false]);
    await driver.stop('green');
    const compose = 'compose --profile green';
    expect(asked()).toEqual([
      'image inspect --format {{.Id}} gatehouse:1.2',
      'tag gatehouse:1.2 gatehouse:green',
      `${compose} run --rm --no-deps gateway-green node dist/migrate.js`,
      `${compose} up --detach --no-deps --no-build --force-recreate gateway-green`,
      'compose --profile blue ps --services --status running',
      `${compose} ps --services --status running`,
      `${compose} stop gateway-green`,
    ]);
  });

  it('builds what is here where no image is named, and says what went wrong', async () => {
    await driver.release(undefined);
    expect(asked()[0]).toBe('build --tag gatehouse:latest .');
    await expect(driver.release('broken')).rejects.toThrow(/docker ended with 1: no such image/);
  });
});
