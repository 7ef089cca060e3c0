import { QuotedPages } from './find-quote';

const pages = new QuotedPages([
  { number: 7, text: 'The “Term” is twelve (12) months, renew-\nable once.\nFees are 1,500.00 EUR.' },
  { number: 8, text: 'Either party may termi-' },
  { number: 9, text: 'nate with ninety days’ notice. Office ﬁle no. 5.' },
]);

describe('a quote', () => {
  it.each([
    ['The "Term" is twelve (12) months', 7, 7, false],
    ['renewable once', 7, 7, false],
    ['RENEW-ABLE  once', 7, 7, false],
    ['Fees are 1,500.00 EUR', 7, 7, false],
    ['"Fees are 1,500.00 EUR."', 7, 7, false],
    ["may terminate with ninety days' notice", 8, 8, false],
    ['Office file', 9, 9, false],
    ['Term ... once', 7, 7, false],
    ['ninety days', 7, 9, true],
    ['ninety days', 400, 9, true],
  ])('is found: %s on %i', (quote, page, found, moved) => {
    expect(pages.find(quote, page)).toEqual({ page: found, moved });
  });

  it.each([
    ['Fees are 1,600.00 EUR', 7],
    ['Fees are 150000 EUR', 7],
    ['The Term is not twelve', 7],
    ['once ... twelve', 7],
    ['12', 7],
    ['...', 7],
    ['', 7],
    ['a'.repeat(2_001), 7],
  ])('is not found (%#)', (quote, page) => expect(pages.find(quote, page)).toBeUndefined());

  it('is not found where it only begins later', () => {
    expect(
      new QuotedPages([
        { number: 1, text: 'x' },
        { number: 2, text: 'only here' },
      ]).find('only here', 1),
    ).toEqual({
      page: 2,
      moved: true,
    });
  });
});
