import { randomBytes } from 'node:crypto';
import { LocalKeyWrapper } from './local-key-wrapper';

const kek = Buffer.alloc(32, 7);
const wrapper = new LocalKeyWrapper(kek);
const key = randomBytes(32);

describe('LocalKeyWrapper', () => {
  it('gives a key back, for what it was wrapped for', async () => {
    const wrapped = await wrapper.wrap(key, 'a month');
    expect(wrapped.includes(key)).toBe(false);
    expect(await wrapper.wrap(key, 'a month')).not.toEqual(wrapped);
    expect(await wrapper.unwrap(wrapped, 'a month')).toEqual(key);
    expect(await new LocalKeyWrapper(kek).unwrap(wrapped, 'a month')).toEqual(key);
    await expect(wrapper.unwrap(wrapped, 'another month')).rejects.toThrow('unable to authenticate');
    await expect(new LocalKeyWrapper(randomBytes(32)).unwrap(wrapped, 'a month')).rejects.toThrow(
      'unable to authenticate',
    );
  });

  it('takes no key that was changed', async () => {
    const wrapped = await wrapper.wrap(key, 'a month');
    for (let at = 0; at < wrapped.length; at++) {
      const changed = Buffer.from(wrapped);
      changed[at] = (changed[at] as number) ^ 1;
      await expect(wrapper.unwrap(changed, 'a month')).rejects.toThrow(at ? 'unable to authenticate' : 'not wrapped');
    }
    await expect(wrapper.unwrap(Buffer.from('short'), 'a month')).rejects.toThrow('not wrapped bytes');
  });

  it('has a name that is the same for the same key and says nothing about it', () => {
    expect(wrapper.id).toMatch(/^local:[0-9a-f]{8}$/);
    expect(new LocalKeyWrapper(Buffer.alloc(32, 7)).id).toBe(wrapper.id);
    expect(new LocalKeyWrapper(Buffer.alloc(32, 8)).id).not.toBe(wrapper.id);
    // stored names must stay comparable between releases
    expect([wrapper.id, LocalKeyWrapper.ofMasterKey(kek).id]).toEqual(['local:da25a9a3', 'local:0dbfeb8b']);
  });

  it('is not touched by what becomes of the bytes it was made from', async () => {
    const bytes = Buffer.from(kek);
    const own = new LocalKeyWrapper(bytes);
    bytes.fill(0);
    expect(await own.unwrap(await wrapper.wrap(key, 'x'), 'x')).toEqual(key);
    expect(() => new LocalKeyWrapper(Buffer.alloc(31))).toThrow('32 bytes');
  });
});
