import type { Entity } from '../../../contract/entities';
import { joinedFindings } from './joined-findings';

type Row = readonly [entity: Entity, start: number, end: number, confidence: number];

describe('joinedFindings', () => {
  it.each<[string, Row[], Row[]]>([
    ['nothing', [], []],
    [
      'in order of appearance',
      [
        ['LOCATION', 9, 12, 0.8],
        ['PERSON', 0, 3, 0.8],
      ],
      [
        ['PERSON', 0, 3, 0.8],
        ['LOCATION', 9, 12, 0.8],
      ],
    ],
    [
      'twice the same',
      [
        ['PERSON', 0, 3, 0.8],
        ['PERSON', 0, 3, 0.9],
      ],
      [['PERSON', 0, 3, 0.9]],
    ],
    [
      'a name seen by halves',
      [
        ['PERSON', 0, 6, 0.8],
        ['PERSON', 4, 12, 0.6],
      ],
      [['PERSON', 0, 12, 0.8]],
    ],
    [
      'neighbours of one kind',
      [
        ['PERSON', 0, 3, 0.8],
        ['PERSON', 3, 6, 0.8],
      ],
      [
        ['PERSON', 0, 3, 0.8],
        ['PERSON', 3, 6, 0.8],
      ],
    ],
    [
      'the surer of two kinds',
      [
        ['OTHER', 0, 9, 0.5],
        ['EMAIL', 0, 9, 1],
      ],
      [['EMAIL', 0, 9, 1]],
    ],
    [
      'the longer of two as sure',
      [
        ['LOCATION', 0, 3, 0.8],
        ['PERSON', 0, 9, 0.8],
      ],
      [['PERSON', 0, 9, 0.8]],
    ],
    [
      'what is left of the weaker, without the space',
      [
        ['LOCATION', 0, 8, 0.8],
        ['PERSON', 4, 16, 0.9],
      ],
      [
        ['LOCATION', 0, 3, 0.8],
        ['PERSON', 4, 16, 0.9],
      ],
    ],
  ])('joins what windows and languages gave: %s', (_, rows, joined) => {
    const found = rows.map(([entity, start, end, confidence]) => ({
      entity,
      start,
      end,
      confidence,
      validated: false,
    }));
    const text = 'abc defghijklmnopqrstuvwxyz';
    expect(joinedFindings(found, text).map(({ entity, start, end, confidence }) => [entity, start, end, confidence])).toEqual(joined); // prettier-ignore
  });
});
