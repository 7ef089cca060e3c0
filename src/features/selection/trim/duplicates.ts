import { canonicalJson } from '../../../contract/canonical-json';
import type { Json, JsonObject } from '../../../contract/json';
import { type Block, blocksOf } from './blocks';
import { type Entry, partsOf, withContent } from './entry';

/** Of the places where a block stands again, so many are looked at. */
const PLACES_TRIED = 4;

export interface Deduplicated {
  /** As many as before. */
  readonly entries: readonly JsonObject[];
  /** Blocks and parts that were left out. */
  readonly dropped: number;
}

/**
 * Leaves out of the user's earlier messages what stands, byte for byte, in a later one of the user that stays: runs of paragraphs
 * and whole parts of at least `least` characters. The newest copy stays, beside the question that it belongs to. A message of which
 * nothing would be left is left as it is, and so are the first `frozen` items, instructions, results of tools and everything that a
 * model said.
 */
export function withoutDuplicates(entries: readonly Entry[], frozen: number, least: number): Deduplicated {
  const later = new LaterBlocks(least);
  const changed = entries.map(({ json }) => json);
  let dropped = 0;
  for (let at = entries.length - 1; at >= frozen; at--) {
    const entry = entries[at] as Entry;
    if (entry.kind !== 'user') continue;
    const own = new Kept(later);
    const shorter = own.shortened(entry.json);
    if (shorter !== undefined && own.dropped) {
      changed[at] = shorter;
      dropped += own.dropped;
      later.add(own);
    } else later.add(Kept.all(entry.json, later));
  }
  return { entries: changed, dropped };
}

/** What the messages after this one hold. */
class LaterBlocks {
  readonly parts = new Set<string>();
  private readonly texts: (readonly Block[])[] = [];
  private readonly places = new Map<string, { readonly text: number; readonly at: number }[]>();

  constructor(readonly least: number) {}

  add({ texts, parts }: Kept): void {
    for (const part of parts) this.parts.add(part);
    for (const blocks of texts) {
      const text = this.texts.push(blocks) - 1;
      for (const [at, block] of blocks.entries()) {
        const places = this.places.get(block.text);
        if (!places) this.places.set(block.text, [{ text, at }]);
        else if (places.length < PLACES_TRIED) places.push({ text, at });
      }
    }
  }

  /** How many blocks from `from` on stand in a later text in the same order; 0 when they are not worth it. */
  run(blocks: readonly Block[], from: number): number {
    let best = 0;
    for (const { text, at } of this.places.get(blocks[from]?.text ?? '') ?? []) {
      const other = this.texts[text] ?? [];
      let length = 0;
      let characters = 0;
      while (from + length < blocks.length && blocks[from + length]?.text === other[at + length]?.text)
        characters += blocks[from + length++]?.text.length ?? 0;
      if (characters >= this.least) best = Math.max(best, length);
    }
    return best;
  }
}

/** What stays of one message. */
class Kept {
  readonly texts: (readonly Block[])[] = [];
  readonly parts: string[] = [];
  dropped = 0;

  constructor(private readonly later: LaterBlocks) {}

  static all(json: JsonObject, later: LaterBlocks): Kept {
    const kept = new Kept(later);
    for (const text of typeof json['content'] === 'string' ? [json['content']] : partsOf(json).flatMap(textIn))
      kept.texts.push(saidIn(blocksOf(text)));
    for (const part of partsOf(json)) if (!textIn(part).length) kept.parts.push(canonicalJson(part));
    return kept;
  }

  /** The message without what stands later; undefined when nothing would be left. */
  shortened(json: JsonObject): JsonObject | undefined {
    const { content } = json;
    if (typeof content === 'string') {
      const text = this.text(content);
      return text === undefined ? undefined : withContent(json, text);
    }
    const parts: Json[] = partsOf(json).flatMap((part) => this.part(part) ?? []);
    return parts.length ? withContent(json, parts) : undefined;
  }

  private part(part: JsonObject): JsonObject | undefined {
    const [said] = textIn(part);
    if (said !== undefined) {
      const text = this.text(said);
      return text === undefined ? undefined : text === said ? part : { ...part, text };
    }
    const whole = canonicalJson(part);
    if (whole.length >= this.later.least && this.later.parts.has(whole)) {
      this.dropped++;
      return undefined;
    }
    this.parts.push(whole);
    return part;
  }

  /** Undefined when nothing is left of it. */
  private text(text: string): string | undefined {
    const blocks = blocksOf(text);
    const said = saidIn(blocks);
    const gone = new Set<Block>();
    for (let from = 0; from < said.length;) {
      const length = this.later.run(said, from);
      for (const block of said.slice(from, from + length)) gone.add(block);
      from += Math.max(1, length);
    }
    const kept = said.filter((block) => !gone.has(block));
    this.texts.push(kept);
    if (!gone.size) return text;
    this.dropped += gone.size;
    return kept.length ? joined(blocks, gone) : undefined;
  }
}

/** The text without some of its blocks, and without the gap after each of them. */
function joined(blocks: readonly Block[], gone: ReadonlySet<Block>): string {
  return blocks
    .filter((block, i) => !gone.has(block) && !(block.kind === 'gap' && i > 0 && gone.has(blocks[i - 1] as Block)))
    .map(({ text }) => text)
    .join('');
}

function saidIn(blocks: readonly Block[]): Block[] {
  return blocks.filter(({ kind }) => kind !== 'gap');
}

function textIn({ type, text }: JsonObject): string[] {
  return (type === 'text' || type === 'input_text') && typeof text === 'string' ? [text] : [];
}
