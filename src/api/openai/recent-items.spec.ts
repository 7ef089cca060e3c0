import type { JsonObject } from '../../contract/json';
import { RecentItems } from './recent-items';

const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}', status: 'completed' };
const { id: _id, status: _status, ...bare } = call;
const answer = (...output: object[]) => Buffer.from(JSON.stringify({ object: 'response', output }));
const asks = (id: string): JsonObject => ({
  input: [
    { role: 'user', content: 'x' },
    { type: 'item_reference', id },
  ],
});

describe('RecentItems', () => {
  it('puts an item in the place of its reference', () => {
    const items = new RecentItems();
    items.remember(answer(call), 'a', false);
    expect(items.resolve(asks('fc_1'), 'a')).toEqual({ input: [{ role: 'user', content: 'x' }, bare] });
  });

  it('never hands an item to another tenant', () => {
    const items = new RecentItems();
    items.remember(answer(call), 'a', false);
    expect(items.resolve(asks('fc_1'), 'b')).toEqual(asks('fc_1'));
  });

  it('reads the last frame of a stream', () => {
    const items = new RecentItems();
    const frame = (type: string, response: object) =>
      Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`);
    items.remember(frame('response.created', { output: [{ ...call, id: 'fc_0' }] }), 'a', true);
    items.remember(
      Buffer.concat([frame('response.in_progress', {}), frame('response.completed', { output: [call] })]),
      'a',
      true,
    );
    expect(items.resolve(asks('fc_1'), 'a').input).toContainEqual(bare);
    expect(items.resolve(asks('fc_0'), 'a')).toEqual(asks('fc_0'));
  });

  it('leaves out thoughts that cannot be sent back, and keeps sealed ones', () => {
    const items = new RecentItems();
    items.remember(
      answer({ type: 'reasoning', id: 'rs_1', summary: [] }, { type: 'reasoning', id: 'rs_2', encrypted_content: 'x' }),
      'a',
      false,
    );
    expect(items.resolve(asks('rs_1'), 'a').input).toHaveLength(1);
    expect(items.resolve(asks('rs_2'), 'a').input).toContainEqual({ type: 'reasoning', encrypted_content: 'x' });
  });

  it('forgets after an hour, and never holds more than its bound', () => {
    let now = 0;
    const items = new RecentItems(() => now);
    items.remember(answer(call), 'a', false);
    now = 3_600_001;
    expect(items.resolve(asks('fc_1'), 'a')).toEqual(asks('fc_1'));
    for (let i = 0; i < 40; i++)
      items.remember(answer({ type: 'message', id: `m${i}`, content: 'x'.repeat(1_000_000) }), 'a', false);
    const known = Array.from({ length: 40 }, (_, i) => items.resolve(asks(`m${i}`), 'a').input as unknown[]).filter(
      ([, item]) => (item as { type: string }).type === 'message',
    );
    expect(known.length).toBeGreaterThan(20);
    expect(known.length).toBeLessThan(33);
  });
});
