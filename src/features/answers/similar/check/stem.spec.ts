import { stemOf } from './stem';

const stem = (word: string) => stemOf(word, 'en');

describe('stems', () => {
  it.each([
    'refund refunds refunded refunding',
    'close closes closed closing',
    'plan plans planned planning',
    'change changes changed changing',
    'delete deletes deleted deleting',
    'save saves saved saving',
    'care cares cared caring',
    'visit visits visited visiting',
    'ship ships shipped shipping',
    'pay pays paying',
    'fix fixed fixing',
    'price prices',
    'party parties',
    'box boxes',
  ])('are one: %s', (line) => {
    expect([...new Set(line.split(' ').map(stem))]).toHaveLength(1);
  });

  it.each([
    'plan plane',
    'car care',
    'win wine',
    'pin pine',
    'hat hate',
    'tub tube',
    'file fill',
    'past paste',
    'human humane',
    'cloth clothe clothes clothing',
    'damage damages',
    'beside besides',
    'park parking',
    'train training',
    'even evening',
    'unit united',
  ])('are others: %s', (line) => {
    const words = line.split(' ');
    expect([...new Set(words.map(stem))]).toHaveLength(words.length);
  });
});
