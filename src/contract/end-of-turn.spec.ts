import { endOfTurn } from './end-of-turn';

describe('endOfTurn', () => {
  it('lets all who wait go on side by side', async () => {
    const steps: string[] = [];
    const walk = async (name: string) => {
      await endOfTurn();
      steps.push(`${name} 1`);
      await Promise.resolve();
      steps.push(`${name} 2`);
    };
    await Promise.all([walk('a'), Promise.resolve().then(() => walk('b'))]);
    expect(steps).toEqual(['a 1', 'b 1', 'a 2', 'b 2']);
  });

  it('waits anew in each turn', async () => {
    const first = endOfTurn();
    await first;
    expect(endOfTurn()).not.toBe(first);
  });
});
