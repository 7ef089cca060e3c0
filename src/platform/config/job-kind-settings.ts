/** `documents` and `codeReview` in `config/gatehouse.yaml`: what jobs of these kinds may take. */
import { z } from 'zod';

const count = z.int().min(1);
const modelName = z.string().min(1).max(200);
const tokens = z.int().min(200).max(100_000);

export const DocumentSettings = z.strictObject({
  model: modelName.default('fast').describe('Which model reads the parts of a document, where the caller names none.'),
  mergeModel: modelName.default('balanced').describe('Which model puts together what was read.'),
  partTokens: tokens
    .default(2_000)
    .describe('Text of one part, in estimated tokens. Smaller parts come sooner and cost more.'),
  mergeTokens: tokens.default(8_000).describe('Notes that are put together in one question, in estimated tokens.'),
  bytes: count.max(134_217_728).default(20_971_520).describe('The largest document.'),
  pages: count.max(5_000).default(500).describe('The most pages of one document, estimated ones included.'),
  characters: count.max(20_000_000).default(4_000_000).describe('All text of one document.'),
  unpackedBytes: count
    .max(1_073_741_824)
    .default(104_857_600)
    .describe('What the text parts of a DOCX file may become.'),
  parseMs: z.int().min(1_000).max(600_000).default(60_000).describe('How long reading one document may take.'),
  memoryBytes: z
    .int()
    .min(67_108_864)
    .max(8_589_934_592)
    .default(536_870_912)
    .describe('What the thread that reads a document may take.'),
});

export const CodeReviewSettings = z.strictObject({
  style: modelName.default('fast').describe('Which model looks for style, where the caller names none.'),
  logic: modelName.default('balanced').describe('Which model looks for errors of logic.'),
  security: modelName.default('best').describe('Which model looks for weaknesses.'),
  bytes: count.max(67_108_864).default(4_194_304).describe('The largest diff.'),
  files: count.max(10_000).default(500).describe('The most files of one diff.'),
  partTokens: tokens
    .default(4_000)
    .describe('Changes of one file that are shown in one question, in estimated tokens.'),
});
