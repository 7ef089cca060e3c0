const NAME = String.raw`("[^"]+"|[\w.]+)`;
/** What a release of before would stumble over, in the words of SQL. */
const FORMS: readonly RegExp[] = [
  /\bdrop\s+(table|column|view|function|schema|type)\b/i,
  /\brename\s+(to|column|constraint)?\b/i,
  new RegExp(String.raw`\balter\s+(column\s+)?${NAME}\s+(set\s+data\s+)?type\b`, 'i'),
  /\bset\s+not\s+null\b/i,
  // a column that older releases do not fill
  /\badd\s+(column\s+)?(if\s+not\s+exists\s+)?(?!constraint\b)[^,;]*\bnot\s+null\b(?![^,;]*\b(default|generated)\b)/i,
  // older releases may write what it refuses
  /\badd\s+constraint\b(?![^;]*\bnot\s+valid\b)/i,
  /\b(truncate|delete\s+from)\b/i,
];

/** The parts of a statement that make it more than an addition. A table that it makes itself is its own. */
export function takenAway(statement: string): string[] {
  const plain = statement.replace(/--.*$/gm, '').replace(/'(?:[^']|'')*'/g, "''");
  return plain
    .split(';')
    .filter((part) => !/^\s*create\s+(table|(unique\s+)?index)\b/i.test(part))
    .flatMap((part) => FORMS.map((form) => form.exec(part)?.[0].trim()).filter((found) => found !== undefined));
}
