import type { Json } from '../../src/contract/json';
import type { Asked } from './answering-model';

/** A line that a reviewer must find. */
export const SQL = "const row = query('select ' + id);";

/** A change of one file: this line in place of another. */
export function fileDiff(name: string, line: string): string {
  const path = `src/${name}`;
  return (
    `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,2 +1,3 @@\n` +
    ` const id = input.id;\n-old();\n+${line}\n+done();\n`
  );
}

/** The best model finds the line, though it gets its number wrong; the others find nothing. */
export function review({ model, prompt }: Asked): Json {
  const finding = {
    line: 9,
    code: SQL,
    severity: 'critical',
    category: 'injection',
    title: 'SQL injection <b>',
    explanation: 'The id is put into the statement.',
    suggestion: 'Bind it.',
  };
  return { findings: model.includes('opus') && prompt.includes('select') ? [finding] : [] };
}
