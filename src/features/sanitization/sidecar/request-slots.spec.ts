import { RequestSlots } from './request-slots';

describe('RequestSlots', () => {
  const present = (): AbortSignal => new AbortController().signal;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('lets in so many at a time, and the others in their order', async () => {
    const slots = new RequestSlots(2, 10);
    const entered: number[] = [];
    for (let i = 0; i < 4; i++) void slots.enter(present()).then(() => entered.push(i));
    await turn();
    expect(entered).toEqual([0, 1]);
    slots.leave();
    await turn();
    expect(entered).toEqual([0, 1, 2]);
    slots.leave();
    await turn();
    expect(entered).toEqual([0, 1, 2, 3]);
  });

  it('turns away who would have to wait behind too many', async () => {
    const slots = new RequestSlots(1, 1);
    await slots.enter(present());
    const waits = slots.enter(present());
    await expect(slots.enter(present())).rejects.toMatchObject({ reason: 'busy' });
    slots.leave();
    await waits;
  });

  it('gives no slot to who gave up waiting', async () => {
    const slots = new RequestSlots(1, 1);
    const [caller, gone] = [new AbortController(), new Error('gone')];
    await slots.enter(present());
    const waits = slots.enter(caller.signal);
    caller.abort(gone);
    await expect(waits).rejects.toBe(gone);
    const next = slots.enter(present());
    slots.leave();
    await next;
    slots.leave();
    await slots.enter(present());
    await expect(slots.enter(caller.signal)).rejects.toBe(gone);
  });
});
