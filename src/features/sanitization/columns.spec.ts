import { titleOf } from './columns';

function title(text: string, cell: string): string | undefined {
  const start = text.lastIndexOf(cell);
  const found = titleOf(text, start, start + cell.length);
  return found && text.slice(found.start, found.end).trim();
}

describe('the title of a column', () => {
  it.each([
    ['name,cpf,phone\nAna,1,2\nEva,3,4', '3', 'cpf'],
    ['name;cpf;phone\n"Ana";"1";"2"', '2', 'phone'],
    ['| name | pis |\n|---|---|\n| Ana | 123 |', '123', 'pis'],
    ['intro\n\nname\tcpf\nAna\t1', '1', 'cpf'],
  ])('is found in %j for %j', (text, cell, expected) => {
    expect(title(text, cell)).toBe(expected);
  });

  it.each([
    ['within a sentence', 'one, two\nthree, cpf 1', '1'],
    ['when rows differ in width', 'a,b,c\n1,2', '2'],
    ['when the first row is no title', '100,200\n1,2', '2'],
    ['in the first line', 'a,1', '1'],
    ['far above', `a,b\n${'c,d\n'.repeat(400)}e,1`, '1'],
  ])('is not looked for %s', (_, text, cell) => {
    expect(title(text, cell)).toBeUndefined();
  });
});
