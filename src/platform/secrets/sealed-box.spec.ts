import { SealedBox } from './sealed-box';

const box = new SealedBox(Buffer.alloc(32, 7));
const content = Buffer.from('what the model said');
const WRONG = 'unable to authenticate';

describe('SealedBox', () => {
  it('gives back what was sealed', () => {
    expect(box.open('answers', 'tenant', 'row', box.seal('answers', 'tenant', 'row', content))).toEqual(content);
    expect(box.open('answers', 'tenant', 'row', box.seal('answers', 'tenant', 'row', Buffer.alloc(0)))).toHaveLength(0);
  });

  it('never seals the same bytes the same way', () => {
    const sealed = box.seal('answers', 'tenant', 'row', content);
    expect(sealed.includes(content)).toBe(false);
    expect(box.seal('answers', 'tenant', 'row', content)).not.toEqual(sealed);
  });

  it('opens for nobody else, nowhere else, and not when a bit was changed', () => {
    const sealed = box.seal('answers', 'tenant', 'row', content);
    expect(() => box.open('other', 'tenant', 'row', sealed)).toThrow(WRONG);
    expect(() => box.open('answers', 'neighbour', 'row', sealed)).toThrow(WRONG);
    expect(() => box.open('answers', 'tenant', 'another row', sealed)).toThrow(WRONG);
    expect(() => new SealedBox(Buffer.alloc(32, 8)).open('answers', 'tenant', 'row', sealed)).toThrow(WRONG);
    for (const at of [0, 1, 15, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => box.open('answers', 'tenant', 'row', changed)).toThrow(at ? WRONG : 'not a sealed box');
    }
    expect(() => box.open('answers', 'tenant', 'row', Buffer.from('short'))).toThrow('not a sealed box');
  });
});
