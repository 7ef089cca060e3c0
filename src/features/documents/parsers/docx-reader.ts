import { isObject } from '../../../contract/json';
import type { Block } from '../parsed-page';

const HEADING = /^heading ([1-6])$/i;
const DEPTH = 100;

/** Reads the text and structure out of a document as mammoth sees it. */
export class DocxReader {
  private readonly found: Block[][] = [[]];
  private words = '';

  /** At least one; in order. */
  get pages(): readonly (readonly Block[])[] {
    return this.found;
  }

  read(document: unknown): void {
    this.visit(document, 0);
  }

  private visit(node: unknown, depth: number): void {
    if (!isObject(node) || depth > DEPTH) return;
    switch (node['type']) {
      case 'paragraph':
        this.each(node, depth);
        return this.close(node);
      case 'tableRow':
        return this.row(node, depth);
      case 'text':
        if (typeof node['value'] === 'string') this.words += node['value'];
        return;
      case 'tab':
        this.words += '\t';
        return;
      case 'break':
        if (node['breakType'] === 'page') this.turn();
        else this.words += '\n';
        return;
      default:
        this.each(node, depth);
    }
  }

  private each(node: object, depth: number): void {
    const { children } = node as { children?: unknown };
    if (Array.isArray(children)) for (const child of children) this.visit(child, depth + 1);
  }

  /** The cells of a row are one block, so that what belongs together stays together. */
  private row(node: object, depth: number): void {
    const cells: string[] = [];
    const { children } = node as { children?: unknown };
    for (const cell of Array.isArray(children) ? (children as unknown[]) : []) {
      const inner = new DocxReader();
      inner.visit(cell, depth + 1);
      cells.push(
        inner.pages
          .flat()
          .map(({ text }) => text)
          .join(' '),
      );
    }
    const text = cells.join(' | ');
    if (text.replaceAll('|', '').trim()) this.found.at(-1)?.push({ text });
  }

  private turn(): void {
    this.close({});
    this.found.push([]);
  }

  private close(node: object): void {
    const { styleName, numbering } = node as { styleName?: unknown; numbering?: unknown };
    const text = this.words.trim();
    this.words = '';
    if (!text) return;
    const rank = typeof styleName === 'string' ? HEADING.exec(styleName)?.[1] : undefined;
    const heading = rank ? Number(rank) : styleName === 'Title' ? 1 : undefined;
    const item = numbering !== null && numbering !== undefined && !heading;
    this.found.at(-1)?.push({ text: item ? `- ${text}` : text, ...(heading !== undefined && { heading }) });
  }
}
