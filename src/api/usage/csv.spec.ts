import { csvLine } from './csv';

it.each([
  [['a', 1, ''], 'a,1,'],
  [['a,b', 'say "x"', 'two\nlines'], '"a,b","say ""x""","two\nlines"'],
  [['=1+1', '+1 2', '-x', '@sum', '\tx'], `'=1+1,'+1 2,'-x,'@sum,'\tx`],
  [['=HYPERLINK("http://x","y")'], `"'=HYPERLINK(""http://x"",""y"")"`],
  [['\r=1'], `"'\r=1"`],
  [['-1.5', -2], '-1.5,-2'],
  [['-1+2', '-1.5.6'], `'-1+2,'-1.5.6`],
])('%j is written so that no spreadsheet calculates it', (cells, line) => {
  expect(csvLine(cells)).toBe(`${line}\r\n`);
});
