import type { ReplyEvent } from '../../contract/reply';
import { inChunks } from './in-chunks';

const texts = (text: string) =>
  Array.from(inChunks([{ type: 'text', block: 0, text }]), (event) => (event.type === 'text' ? event.text : ''));

describe('inChunks', () => {
  it.each([
    'short',
    '',
    'From Monday to Friday we are open from nine to eighteen, and on Saturdays until noon.',
    'x'.repeat(100),
    '😀'.repeat(60),
    ' '.repeat(60),
    `a ${'b'.repeat(50)} ${'c '.repeat(50)}`,
  ])('loses nothing of %j, and cuts no character in two', (text) => {
    const cut = texts(text);
    expect(cut.join('')).toBe(text);
    for (const part of cut) expect(part.isWellFormed()).toBe(true);
    expect(cut.includes('')).toBe(text === '');
  });

  it('ends parts where words end', () => {
    expect(texts('From Monday to Friday we are open.')).toEqual(['From Monday to Friday ', 'we are open.']);
  });

  it('makes no more parts of a long text than of a shorter one', () => {
    expect(texts('word '.repeat(200_000)).length).toBeLessThanOrEqual(510);
  });

  it('leaves alone what is no text', () => {
    const events: ReplyEvent[] = [
      { type: 'tool_call', block: 0, id: 'c', name: 't' },
      { type: 'tool_arguments', block: 0, json: '{"a":"a long argument that stays in one piece"}' },
      { type: 'finish', reason: 'tool_calls' },
    ];
    expect([...inChunks(events)]).toEqual(events);
  });
});
