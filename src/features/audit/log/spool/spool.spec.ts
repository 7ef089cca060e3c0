import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Batch } from '../append/batch';
import { SpoolFile, SpoolFullError } from './spool-file';
import { SpoolReader } from './spool-reader';
import { SpoolingDevice } from './spooling-device';
import { LeftBehind } from './left-behind';

const batch = (lane: number, payload = 100): Batch => ({
  id: `id-${lane}`,
  writer: 'w_0123456789012345678901',
  lane,
  previous: lane === 1 ? Buffer.alloc(0) : Buffer.alloc(32, lane),
  root: Buffer.alloc(32, 7),
  signature: Buffer.alloc(64, 9),
  n: 2,
  headers: `{"a":"é"}\n{"b":${lane}}`,
  payloads: Buffer.alloc(payload, lane),
  floor: 3,
});
const read = async (path: string) => {
  const reader = new SpoolReader(path);
  const batches: Batch[] = [];
  for (let next = await reader.next(); next; next = await reader.next()) batches.push(next);
  await reader.close();
  return { lanes: batches.map(({ lane }) => lane), batches, rest: reader.rest };
};

describe('the spool', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-spool-'));
    path = join(folder, 'w_0123456789012345678901.spool');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const written = async (...lanes: number[]) => {
    const file = new SpoolFile(path, 1e6);
    for (const lane of lanes) await file.append(batch(lane));
    await file.release();
  };

  it('gives back what was written', async () => {
    await written(1, 2, 3);
    const { batches, rest } = await read(path);
    expect(rest).toBe('none');
    expect(batches).toEqual([batch(1), batch(2), batch(3)]);
  });

  it('is bounded', async () => {
    const file = new SpoolFile(path, 2_000);
    await file.append(batch(1, 1_000));
    await expect(file.append(batch(2, 1_000))).rejects.toBeInstanceOf(SpoolFullError);
    await file.append(batch(2, 10));
    expect((await read(path)).lanes).toEqual([1, 2]);
    await file.release();
  });

  it('has only what the disk took as a whole', async () => {
    const file = new SpoolFile(path, 1e6);
    await file.append(batch(1));
    const probe = await open(path, 'r');
    const handles = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const write = handles.write as (bytes: Buffer, from: number, length: number, at: number) => Promise<unknown>;
    const partly = function (this: FileHandle, bytes: Buffer, from: number, _: number, at: number) {
      return write.call(this, bytes, from, 100, at);
    } as unknown as FileHandle['write'];
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const disk = jest.spyOn(handles, 'write').mockImplementationOnce(partly).mockRejectedValueOnce(full);
    await expect(file.append(batch(2))).rejects.toBe(full);
    expect(await read(path)).toMatchObject({ lanes: [1], rest: 'none' });
    disk.mockImplementationOnce(partly);
    await file.append(batch(2));
    await file.append(batch(3));
    disk.mockRestore();
    expect(await read(path)).toEqual({ lanes: [1, 2, 3], batches: [batch(1), batch(2), batch(3)], rest: 'none' });
    await file.release();
  });

  it('passes over a last frame that was never finished, at whatever byte it was cut', async () => {
    await written(1, 2);
    const whole = readFileSync(path);
    await written(1);
    const one = readFileSync(path).length;
    for (let cut = one + 1; cut < whole.length; cut++) {
      writeFileSync(path, whole.subarray(0, cut));
      expect(await read(path)).toMatchObject({ lanes: [1], rest: 'torn' });
    }
    writeFileSync(path, Buffer.concat([whole.subarray(0, one), Buffer.alloc(whole.length - one)]));
    expect(await read(path)).toMatchObject({ lanes: [1], rest: 'torn' });
  });

  it('tells when a frame was changed', async () => {
    await written(1, 2, 3);
    const whole = readFileSync(path);
    for (let at = 30; at < whole.length; at += 17) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 1;
      writeFileSync(path, changed);
      const { lanes, rest } = await read(path);
      expect([lanes.length < 3, rest !== 'none']).toEqual([true, true]);
      expect(lanes).toEqual([1, 2, 3].slice(0, lanes.length));
    }
  });

  it('begins another file when somebody took the first one over', async () => {
    const file = new SpoolFile(path, 1e6);
    await file.append(batch(1));
    const taken: number[] = [];
    const left = new LeftBehind({
      folder,
      writer: 'w_other',
      write: async ({ lane }) => taken.push(lane),
      onBroughtIn: async () => undefined,
      onFailed: (error) => {
        throw error;
      },
    });
    expect(await left.turn()).toBe(0);
    expect(await left.turn(Date.now() + 60_000)).toBe(1);
    await file.append(batch(2));
    expect([taken, (await read(path)).lanes]).toEqual([[1], [2]]);
    await file.release();
  });

  it('says what of a dead process could not be read', async () => {
    await written(1, 2);
    const whole = readFileSync(path);
    whole[whole.length - 1] = 1;
    writeFileSync(path, Buffer.concat([whole, Buffer.from('more')]));
    const found: unknown[] = [];
    const problems: string[] = [];
    const left = new LeftBehind({
      folder,
      writer: 'w_other',
      write: async () => undefined,
      onBroughtIn: async (one) => found.push(one),
      onFailed: ({ message }) => problems.push(message),
    });
    expect(await left.turn(Date.now() + 60_000)).toBe(0);
    expect(problems).toEqual([
      expect.stringMatching(/\.corrupt was changed since it was written: what follows its 1 batches is lost$/),
    ]);
    expect(found).toEqual([{ writer: 'w_0123456789012345678901', batches: 1, entries: 2, rest: 'corrupt' }]);
    expect(await left.turn(Date.now() + 60_000)).toBe(0);
  });

  it('passes over what is no file', async () => {
    mkdirSync(path);
    const left = new LeftBehind({
      folder,
      writer: 'w_other',
      write: async () => undefined,
      onBroughtIn: async () => undefined,
      onFailed: (error) => {
        throw error;
      },
    });
    expect(await left.turn(Date.now() + 60_000)).toBe(0);
    expect(readdirSync(folder)).toEqual([basename(path)]);
  });

  describe('beside a database', () => {
    /** A database that can be taken away. */
    class Switchable {
      away = false;
      reachable = true;
      readonly lanes: number[] = [];
      async attempt({ lane }: Batch) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.away = !this.reachable;
        if (!this.reachable) throw new Error('away');
        this.lanes.push(lane);
        return { firstIndex: lane * 2 };
      }
      async write(one: Batch) {
        for (;;)
          try {
            return await this.attempt(one);
          } catch {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
      }
      suspect() {
        this.away = true;
      }
      async close() {}
    }

    it('keeps the order over outages, and comes to an end although calls go on', async () => {
      const database = new Switchable();
      const drained: number[] = [];
      const file = new SpoolFile(path, 1e6);
      const device = new SpoolingDevice(database, file, {
        patienceMs: 50,
        onPlaced: () => undefined,
        onDepth: () => undefined,
        onDrained: ({ batches }) => drained.push(batches),
        onFailed: (error) => {
          throw error;
        },
      });
      let spooled = 0;
      for (let lane = 1; lane <= 300; lane++) {
        if (lane % 50 === 10) database.reachable = false;
        if (lane % 50 === 40) {
          database.reachable = true;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        if ((await device.write(batch(lane))) === undefined) spooled++;
      }
      const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
      while (sum(drained) < spooled) await new Promise((resolve) => setTimeout(resolve, 5));
      await device.close();
      expect(database.lanes).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
      expect(spooled).toBeGreaterThanOrEqual(180);
      expect(spooled).toBeLessThan(290);
    });

    it('waits for the database when the file is full', async () => {
      const database = new Switchable();
      database.reachable = false;
      const device = new SpoolingDevice(database, new SpoolFile(path, 1_200), {
        patienceMs: 20,
        onPlaced: () => undefined,
        onDepth: () => undefined,
        onDrained: () => undefined,
        onFailed: () => undefined,
      });
      expect([await device.write(batch(1)), device.isFull]).toEqual([undefined, false]);
      const second = device.write(batch(2, 900));
      while (!device.isFull) await new Promise((resolve) => setTimeout(resolve, 5));
      database.reachable = true;
      await second;
      while (device.depth) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(device.isFull).toBe(false);
      expect(database.lanes).toEqual([1, 2]);
      await device.close();
    });
  });
});
