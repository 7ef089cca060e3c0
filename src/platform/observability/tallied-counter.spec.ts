import { Registry } from 'prom-client';
import { TalliedCounter } from './tallied-counter';

describe('a counter that adds up by itself', () => {
  const registry = new Registry();
  const registers = [registry];
  const words = new TalliedCounter({ name: 'words_total', help: 'Words.', labelNames: ['tenant', 'kind'], registers });
  const series = async () => (await registry.metrics()).match(/^words_total\{.*$/gm);

  it('tells the registry each series, once', async () => {
    words.add(1, 'a', 'long');
    words.add(2.5, 'a', 'short');
    words.add(1, 'b', 'long');
    words.add(3, 'a', 'long');
    const told = [
      'words_total{tenant="a",kind="long"} 4',
      'words_total{tenant="a",kind="short"} 2.5',
      'words_total{tenant="b",kind="long"} 1',
    ];
    expect(await series()).toEqual(told);
    expect(await series()).toEqual(told);
  });

  it('goes on from there', async () => {
    words.add(1, 'b', 'long');
    expect(await series()).toContain('words_total{tenant="b",kind="long"} 2');
  });

  it('shows a series that nothing was added to', async () => {
    words.add(0, 'c', 'long');
    expect(await series()).toContain('words_total{tenant="c",kind="long"} 0');
  });
});
