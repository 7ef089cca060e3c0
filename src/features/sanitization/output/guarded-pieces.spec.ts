import type { Piece, ReplyEvent } from '../../../contract/reply';
import { NO_USAGE } from '../../../contract/reply';
import { GuardPolicy } from '../../../platform/config/guards';
import type { Canary } from '../injection';
import { TextSearch } from '../inspect/text-search';
import { Report } from '../report';
import { Scanner } from '../scan';
import { guardedPieces } from './guarded-pieces';

const CPF = '529.982.247-25';
const CANARY: Canary = { code: 'ABCDEFGHJKMNPQRSTVWXYZ0123' };
const wire = { dialect: 'openai-chat', format: 'sse', bytes: Buffer.alloc(0) } as const;
const text = (said: string): ReplyEvent => ({ type: 'text', block: 0, text: said });
const END: ReplyEvent = { type: 'end', usage: NO_USAGE };

// eslint-disable-next-line @typescript-eslint/require-await -- pieces are asynchronous wherever they come from
async function* saying(events: readonly ReplyEvent[]): AsyncGenerator<Piece> {
  for (const event of events) yield { events: [event], wire };
}

function guarded(
  mode: GuardPolicy['output']['personalData'],
  events: readonly ReplyEvent[],
  { canary, said = [], enabled = true }: { canary?: Canary; said?: string[]; enabled?: boolean } = {},
) {
  const report = new Report({});
  const pieces = saying(events);
  const passing = guardedPieces(pieces, {
    policy: GuardPolicy.parse({ personalData: { enabled }, output: { personalData: mode } }),
    report,
    search: new TextSearch(new Scanner(), undefined),
    vault: { holds: (value) => said.includes(value) },
    canary,
  });
  return { report, passing, pieces };
}

async function heard(passing: AsyncIterable<Piece>): Promise<{ text: string; wires: number; error?: unknown }> {
  const told = { text: '', wires: 0 };
  try {
    for await (const piece of passing) {
      if (piece.wire) told.wires++;
      for (const event of piece.events) {
        if (event.type === 'text') told.text += event.text;
        if (event.type === 'tool_arguments') told.text += event.json;
      }
    }
    return told;
  } catch (error) {
    return { ...told, error };
  }
}

describe('guardedPieces', () => {
  it.each(['off', 'monitor'] as const)('lets the pieces pass as they are where the mode is %s', (mode) => {
    const { passing, pieces } = guarded(mode, [text(CPF)]);
    expect(passing).toBe(pieces);
  });

  it.each([
    ['{"a":"CPF:\\n529.982.247-25"}', { a: 'CPF:\n0' }],
    ['{"a":"\\u0035\\u0032\\u0039.982.247-2\\u0035","b":1}', { a: '0', b: 1 }],
    ['{"jo\\u00e3o@example.com":"\\"52998224725\\""}', { 0: '"0"' }],
  ])('reads arguments of tools as they are meant: %j', async (json, expected) => {
    const events = Array.from(json, (char): ReplyEvent => ({ type: 'tool_arguments', block: 0, json: char }));
    const { passing } = guarded('mask', [...events, END]);
    expect(JSON.parse((await heard(passing)).text)).toEqual(expected);
  });

  it('lets arguments tell what the caller said, however they are written', async () => {
    const { passing } = guarded(
      'mask',
      [{ type: 'tool_arguments', block: 0, json: '{"a":"jo\\u00e3o@example.com"}' }, END],
      {
        said: ['joão@example.com'],
      },
    );
    expect((await heard(passing)).text).toBe('{"a":"jo\\u00e3o@example.com"}');
  });

  it('looks for nothing where personal data is none of its business', () => {
    const { passing, pieces } = guarded('mask', [text(CPF)], { enabled: false });
    expect(passing).toBe(pieces);
  });

  it('masks what a model says of its own, in pieces, and leaves the native form out', async () => {
    const { passing, report } = guarded('mask', [text(`CPF ${CPF.slice(0, 5)}`), text(`${CPF.slice(5)} it is`), END]);
    expect(await heard(passing)).toEqual({ text: 'CPF <CPF> it is', wires: 0 });
    expect(report.found.output).toEqual({ BR_CPF: 1 });
    expect(report.flags).toContain('output.BR_CPF');
  });

  it('keeps arguments JSON, whether a number or a string is masked', async () => {
    const call: ReplyEvent = { type: 'tool_call', block: 0, id: 'c', name: 'f' };
    const json: ReplyEvent = { type: 'tool_arguments', block: 0, json: `{"cpf":"${CPF}","card":4111111111111111}` };
    const { text: told } = await heard(guarded('mask', [call, json, END]).passing);
    expect(told).not.toMatch(/529|4111/);
    expect(Object.keys(JSON.parse(told) as object)).toEqual(['cpf', 'card']);
  });

  it('leaves alone what the caller said itself', async () => {
    const { passing, report } = guarded('mask', [text(`CPF ${CPF} it is`), END], { said: [CPF] });
    expect(await heard(passing)).toEqual({ text: `CPF ${CPF} it is`, wires: 0 });
    expect(report.found.output).toBeUndefined();
  });

  it('ends the answer before anything personal is said', async () => {
    const told = await heard(guarded('block', [text('CPF '), text(CPF), text(' it is'), END]).passing);
    expect(told.text).not.toMatch(/\d/);
    expect(told.error).toMatchObject({ code: 'prompt_rejected', facts: { details: { entity: 'BR_CPF' } } });
    expect(String(told.error)).not.toContain(CPF);
  });

  it('ends the answer when it tells the canary, in pieces and in lower case', async () => {
    const { passing, report } = guarded(
      'monitor',
      [text('It is '), text(CANARY.code.slice(0, 9)), text(`${CANARY.code.slice(9).toLowerCase()} bye`), END],
      { canary: CANARY },
    );
    const told = await heard(passing);
    expect(told).toMatchObject({ text: 'It is ', error: { code: 'prompt_rejected' } });
    expect(report.flags).toContain('canary.leaked');
  });

  it('lets an answer pass that does not tell it, and says that it looked', async () => {
    const { passing, report } = guarded('off', [text('It is fine '), text(CANARY.code.slice(0, 9)), END], {
      canary: CANARY,
    });
    expect(await heard(passing)).toEqual({ text: `It is fine ${CANARY.code.slice(0, 9)}`, wires: 0 });
    expect(report.guards).toEqual(['output.canary']);
  });
});
