import type { Format } from '../media-type';
import type { Parse } from '../parsed-page';
import { parseDocx } from './docx';
import { parseMarkdown } from './markdown';
import { parsePdf } from './pdf';
import { parseText } from './text';

export const PARSERS: { readonly [F in Format]: Parse } = {
  text: parseText,
  markdown: parseMarkdown,
  pdf: parsePdf,
  docx: parseDocx,
};
