import type { Entity } from '../../src/contract/entities';
import type { Piece, ReplyEvent } from '../../src/contract/reply';
import type { Codec } from '../../src/dialects/codec';
import type { CODECS } from '../../src/dialects/codecs';
import type { SseSplitter } from '../../src/dialects/sse';
import type { restoredPieces } from '../../src/features/sanitization/restore/restored-pieces';
import type { restoredText } from '../../src/features/sanitization/restore/stream-restorer';
import type { TokenVault } from '../../src/features/sanitization/tokens/vault';
import type { Random } from './hostile/random';

export const RESTORED_DIALECTS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;
type RestoredDialect = (typeof RESTORED_DIALECTS)[number];
const VALUES: readonly [Entity, string][] = [
  ['BR_CPF', '529.982.247-25'],
  ['EMAIL', 'ana@example.com'],
  ['PERSON', 'José "Zé" \\ Ção 😀\n'],
];

/** From the sources, or from the build. */
export interface RestoreParts {
  readonly CODECS: typeof CODECS;
  readonly SseSplitter: typeof SseSplitter;
  readonly TokenVault: typeof TokenVault;
  readonly restoredPieces: typeof restoredPieces;
  readonly restoredText: typeof restoredText;
}

/**
 * One round: an answer full of tokens, and of what looks like them, is written as a provider's stream in one of the dialects, its bytes are
 * cut anywhere, read, restored and compared with what restoring the whole text gives.
 * @returns a round, which resolves with what differs, or undefined
 */
export function restoreRounds(
  parts: RestoreParts,
  random: Random,
): (dialect: RestoredDialect) => Promise<object | undefined> {
  const vault = new parts.TokenVault(Buffer.alloc(32, 7));
  const tokens = VALUES.map(([entity, value]) => vault.mint(entity, value));
  const pieces: string[] = [
    ...tokens, ...tokens, ...tokens.map((token) => token.toLowerCase()), ...tokens.map((token) => token.slice(0, -1)),
    ...tokens.map((token) => token.replace('_', '\\_')), '[[CPF_ZZZZ]]', '[', '<img src="//evil.example/ ', '](<', '>',  '[[', ']]', '[[CPF_', 'https://evil.example/', '![x](', ')', ' ', ' ', '\n', 'word', 'é', '😀', '日本', '_', '<b>',
  ]; // prettier-ignore
  const text = (most: number): string =>
    Array.from({ length: 1 + random.below(most) }, () => random.pick(pieces)).join('');
  const context = { requestId: 'r', created: 1, body: { model: 'm' } };

  function* deltas(event: (piece: string) => ReplyEvent, whole: string): Generator<ReplyEvent> {
    for (let at = 0; at < whole.length;) {
      let end = Math.min(whole.length, at + 1 + random.below(12));
      // a provider does not cut a character in two
      if (/[\ud800-\udbff]/.test(whole[end - 1] ?? '')) end++;
      yield event(whole.slice(at, end));
      at = end;
    }
  }

  return async (dialect) => {
    const said = text(10);
    const thought = dialect === 'openai-responses' ? '' : text(4);
    const called = JSON.stringify({ a: text(5), nested: [text(3)], n: 1 });
    const events: ReplyEvent[] = [
      { type: 'start', id: 'x', model: 'm' },
      ...(dialect === 'anthropic-messages'
        ? [...deltas((piece) => ({ type: 'thinking', block: 0, text: piece }), thought)]
        : []),
      ...deltas((piece) => ({ type: 'text', block: 1, text: piece }), said),
      { type: 'tool_call', block: 2, id: 'call_1', name: 'find' },
      ...deltas((json) => ({ type: 'tool_arguments', block: 2, json }), called),
      { type: 'finish', reason: 'tool_calls' },
      { type: 'end', usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 } },
    ];
    const codec: Codec = parts.CODECS[dialect];
    const encoder = codec.streamEncoder(context);
    const bytes = Buffer.from(events.map((event) => encoder.encode([event])).join(''));

    const restored: ReplyEvent[] = [];
    for await (const piece of parts.restoredPieces(read(bytes, codec), vault, new Map())) {
      if (piece.wire) return { what: 'the native form is there' };
      restored.push(...piece.events);
    }
    const heard = told(restored);
    const whole = {
      text: parts.restoredText(said, vault),
      thinking: dialect === 'anthropic-messages' ? parts.restoredText(thought, vault) : '',
      json: parts.restoredText(called, vault, 'json'),
    };
    try {
      JSON.parse(heard.json);
    } catch {
      return { what: 'no JSON', heard };
    }
    if (JSON.stringify(heard) !== JSON.stringify(whole)) return { what: 'differs', heard, whole };
    // as the caller reads it, at every door
    for (const door of RESTORED_DIALECTS) {
      const spoken = parts.CODECS[door].streamEncoder(context);
      const sent = Buffer.from(restored.map((event) => spoken.encode([event])).join(''));
      const events: ReplyEvent[] = [];
      for await (const piece of read(sent, parts.CODECS[door])) events.push(...piece.events);
      const atDoor = told(events);
      if (JSON.stringify(atDoor) !== JSON.stringify(whole)) return { what: 'differs at a door', door, atDoor, whole };
    }
    return undefined;
  };

  // eslint-disable-next-line @typescript-eslint/require-await -- pieces are asynchronous wherever they come from
  async function* read(bytes: Buffer, codec: Codec): AsyncGenerator<Piece> {
    const splitter = new parts.SseSplitter();
    const decoder = codec.streamDecoder();
    let over = false;
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + 1 + random.below(400));
      const found = splitter.push(bytes.subarray(at, end)).flatMap((frame) => decoder.decode(frame).events);
      at = end;
      over ||= found.at(-1)?.type === 'end';
      if (found.length)
        yield { events: found, wire: { dialect: codec.dialect, format: 'sse', bytes: Buffer.alloc(0) } };
    }
    if (!over) yield { events: decoder.end() };
  }
}

function told(events: readonly ReplyEvent[]): { text: string; thinking: string; json: string } {
  const heard = { text: '', thinking: '', json: '' };
  for (const event of events) {
    if (event.type === 'text') heard.text += event.text;
    if (event.type === 'thinking') heard.thinking += event.text;
    if (event.type === 'tool_arguments') heard.json += event.json;
  }
  return heard;
}
