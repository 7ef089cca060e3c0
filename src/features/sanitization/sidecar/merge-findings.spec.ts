import fc from 'fast-check';
import type { Entity } from '../../../contract/entities';
import type { Finding } from '../finding';
import { mergeFindings } from './merge-findings';

type Row = readonly [entity: Entity, start: number, end: number, confidence: number];

const rule = ([entity, start, end, confidence]: Row, validated = false): Finding => ({
  entity,
  start,
  end,
  confidence,
  validated,
});
const brief = ({ entity, start, end, confidence }: Finding): Row => [entity, start, end, confidence];

describe('mergeFindings', () => {
  it.each<[string, Row[], Row[], Row[]]>([
    [
      'apart',
      [['BR_CPF', 10, 20, 1]],
      [['PERSON', 0, 5, 0.9]],
      [
        ['PERSON', 0, 5, 0.9],
        ['BR_CPF', 10, 20, 1],
      ],
    ],
    [
      'touching',
      [['BR_CPF', 5, 20, 1]],
      [['PERSON', 0, 5, 0.9]],
      [
        ['PERSON', 0, 5, 0.9],
        ['BR_CPF', 5, 20, 1],
      ],
    ],
    ['the same', [['EMAIL', 0, 9, 0.9]], [['EMAIL', 0, 9, 0.8]], [['EMAIL', 0, 9, 0.9]]],
    ['within a rule', [['IBAN', 0, 22, 1]], [['OTHER', 4, 22, 0.85]], [['IBAN', 0, 22, 1]]],
    [
      'around a rule',
      [['BR_CEP', 10, 19, 1]],
      [['LOCATION', 0, 30, 0.85]],
      [
        ['LOCATION', 0, 10, 0.85],
        ['BR_CEP', 10, 19, 1],
        ['LOCATION', 19, 30, 0.85],
      ],
    ],
    [
      'before and into',
      [['BR_CPF', 10, 20, 1]],
      [['PERSON', 5, 12, 0.85]],
      [
        ['PERSON', 5, 10, 0.85],
        ['BR_CPF', 10, 20, 1],
      ],
    ],
    [
      'out of and after',
      [['BR_CPF', 10, 20, 1]],
      [['PERSON', 18, 25, 0.85]],
      [
        ['BR_CPF', 10, 20, 1],
        ['PERSON', 20, 25, 0.85],
      ],
    ],
    [
      'over two rules',
      [
        ['EMAIL', 2, 4, 1],
        ['PHONE', 6, 8, 1],
      ],
      [['OTHER', 0, 10, 0.6]],
      [
        ['OTHER', 0, 2, 0.6],
        ['EMAIL', 2, 4, 1],
        ['OTHER', 4, 6, 0.6],
        ['PHONE', 6, 8, 1],
        ['OTHER', 8, 10, 0.6],
      ],
    ],
    ['no rule', [], [['PERSON', 0, 5, 0.9]], [['PERSON', 0, 5, 0.9]]],
    ['no sidecar', [['EMAIL', 0, 9, 0.9]], [], [['EMAIL', 0, 9, 0.9]]],
  ])('lets a validated rule stand and cuts the sidecar: %s', (_, rules, sidecar, merged) => {
    const found = mergeFindings(rules.map((row) => rule(row, true)), sidecar.map((row) => rule(row))); // prettier-ignore
    expect(found.map(brief)).toEqual(merged);
    for (const { entity, validated } of found) expect(validated).toBe(rules.some(([of]) => of === entity));
  });

  it.each<[string, Row[], Row[], Row[]]>([
    ['a surer finding covers it', [['BR_CEP', 10, 19, 0.3]], [['LOCATION', 0, 30, 0.85]], [['LOCATION', 0, 30, 0.85]]],
    ['one as sure covers it', [['PHONE', 0, 9, 0.85]], [['OTHER', 0, 9, 0.85]], [['PHONE', 0, 9, 0.85]]],
    [
      'a surer one overlaps',
      [['PHONE', 5, 15, 0.4]],
      [['PERSON', 0, 7, 0.85]],
      [
        ['PERSON', 0, 5, 0.85],
        ['PHONE', 5, 15, 0.85],
      ],
    ],
    ['a surer one lies within', [['PHONE', 5, 15, 0.4]], [['PERSON', 7, 9, 0.85]], [['PHONE', 5, 15, 0.85]]],
  ])('weighs a rule that nothing validated: %s', (_, rules, sidecar, merged) => {
    expect(mergeFindings(rules.map((row) => rule(row)), sidecar.map((row) => rule(row))).map(brief)).toEqual(merged); // prettier-ignore
  });

  it('takes space and punctuation off what is left, and drops what is nothing else', () => {
    const text = 'Rua Augusta 1, 01310-100, Recife. 01310-200.';
    const at = (part: string) => [text.indexOf(part), text.indexOf(part) + part.length] as const;
    const postcodes = ['01310-100', '01310-200'].map((part) => rule(['BR_CEP', ...at(part), 0.9], true));
    const found = mergeFindings(postcodes, [rule(['LOCATION', 0, text.length, 0.85])], text);
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['Rua Augusta 1', '01310-100', 'Recife', '01310-200']); // prettier-ignore
  });

  it('loses nothing that was found, overlaps nowhere, and leaves its arguments alone', () => {
    const list = fc
      .array(
        fc.tuple(
          fc.integer({ min: 0, max: 4 }),
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 0, max: 10 }),
          fc.boolean(),
        ),
        { maxLength: 20 },
      )
      .map((steps) => {
        let at = 0;
        return steps.map(([gap, length, tenths, validated]) => {
          const start = at + gap;
          at = start + length;
          return Object.freeze(rule(['OTHER', start, at, tenths / 10], validated));
        });
      });
    const property = fc.property(list, list, (rules, given) => {
      const sidecar = given.map((finding) => ({ ...finding, validated: false }));
      const found = mergeFindings(Object.freeze(rules), Object.freeze(sidecar));
      for (const [i, { start, end }] of found.entries()) {
        expect(start).toBeLessThan(end);
        expect(start).toBeGreaterThanOrEqual(found[i - 1]?.end ?? 0);
      }
      const sureAt = (findings: readonly Finding[], at: number): number =>
        Math.max(
          -1,
          ...findings.filter(({ start, end }) => start <= at && at < end).map(({ confidence }) => confidence),
        );
      const all = [...rules, ...sidecar];
      const lost = Array.from({ length: 270 }, (_, at) => at).filter((at) => sureAt(found, at) < sureAt(all, at));
      expect(lost).toEqual([]);
      const stands = ({ start, end }: Finding): boolean => found.some((one) => one.start === start && one.end === end);
      expect(rules.filter(({ validated }) => validated).every(stands)).toBe(true);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('takes no longer than the findings are many', () => {
    const many = (offset: number): Finding[] =>
      Array.from({ length: 50_000 }, (_, i) => rule(['OTHER', i * 10 + offset, i * 10 + offset + 8, 0.5]));
    const began = performance.now();
    expect(mergeFindings(many(0), many(5))).toHaveLength(100_000);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
