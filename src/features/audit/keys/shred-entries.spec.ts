import type { Header } from '../format/header';
import { shredDrafts, shredsOf, supplementDraft } from './shred-entries';

const order = { id: 'sh_1', scope: { tenant: 't' }, basis: 'LGPD', approvers: ['a', 'b'] };
const stamp = (facts: object, n: number) => ({ index: n, header: { ...facts, entry_id: `e${n}` } as Header });

describe('the entries of an erasure', () => {
  it('name every key, a thousand in each', () => {
    const keys = Array.from({ length: 2_001 }, (_, i) => `tk_${i}`);
    const drafts = shredDrafts(order, keys, 30);
    expect(drafts.map(({ facts }) => (facts.metadata?.['key_ids'] as string[] | undefined)?.length)).toEqual([
      1_000, 1_000, 1,
    ]);
    expect(shredDrafts(order, [], 30)).toHaveLength(1);
  });

  it('are enough to repeat it', () => {
    const [first, second] = shredDrafts(
      order,
      Array.from({ length: 1_001 }, (_, i) => `tk_${i}`),
      30,
    );
    const later = supplementDraft({ ...order, entryId: 'e1' }, ['tk_late'], 30);
    const subject = { ...order, id: 'sh_2', scope: { tenant: 't', subject: 's_1' } };
    const month = { ...order, id: 'sh_3', scope: { month: '2026-11' } };
    const found = shredsOf([
      stamp({ event: 'llm.request', metadata: { order: 'sh_9' } }, 0),
      stamp(first.facts, 1),
      stamp((second ?? first).facts, 2),
      stamp(shredDrafts(subject, ['dk_1'], 30)[0].facts, 3),
      stamp(shredDrafts(month, ['tk_9'], 30)[0].facts, 4),
      stamp(later.facts, 5),
      stamp({ event: 'key.shred' }, 6),
    ]);
    expect(found).toEqual([
      {
        order: 'sh_1',
        scope: { tenant: 't' },
        entryId: 'e1',
        entryIndex: 5,
        tenantKeys: expect.any(Array) as string[],
      },
      { order: 'sh_2', scope: subject.scope, entryId: 'e3', entryIndex: 3, tenantKeys: [] },
      { order: 'sh_3', scope: month.scope, entryId: 'e4', entryIndex: 4, tenantKeys: ['tk_9'] },
    ]);
    expect(found[0]?.tenantKeys).toHaveLength(1_002);
    expect(found[0]?.tenantKeys.at(-1)).toBe('tk_late');
  });
});
