import type { RoutedCall } from '../../contract/call';
import { CODECS } from '../../dialects/codecs';
import type { WireRequest } from '../../contract/wire';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { MemoryAnswerStore } from './memory-answer-store';
import { PastAnswers } from './past-answers';
import { MemoryVectorIndex } from './similar/memory-vector-index';
import { SimilarQuestions } from './similar/similar-questions';

const MASTER_KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const TENANT = '01890a5d-ac96-774b-bcce-b302099a8057';
const GUARDED = { policy: { guard_policy: 'f'.repeat(32), injection_rules: '0'.repeat(32) } };

type Dialect = 'openai-chat' | 'openai-responses' | 'openai-embeddings' | 'anthropic-messages';
interface Given {
  readonly dialect: Dialect;
  readonly body: WireRequest['body'];
  readonly tenantId?: string;
  readonly model?: readonly [provider: string, model: string];
  readonly guarded?: RoutedCall['guarded'];
  readonly validation?: 'refuse';
  readonly many?: boolean;
}

/** As it comes in by its door. */
function keyOf({
  dialect,
  body,
  tenantId = TENANT,
  model = ['openai', 'gpt-4o'],
  guarded = GUARDED,
  validation,
  many,
}: Given) {
  const answers = new PastAnswers(
    new MemoryAnswerStore(0),
    new SimilarQuestions(new MemoryVectorIndex()),
    new KeyedHash(MASTER_KEY),
    1_000,
  );
  const call = {
    caller: { tenantId },
    request: CODECS[dialect].decodeRequest(body),
    wire: { dialect, body, headers: {} },
    candidates: [{ provider: model[0], model: model[1] }],
    guarded,
    validation,
  } as unknown as RoutedCall;
  return answers.keyOf(call, many);
}

const CHAT: Given = {
  dialect: 'openai-chat',
  body: { model: 'fast', temperature: 0, messages: [{ role: 'user', content: 'When do you open?' }] },
};
const tool = { type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } };

/** What was kept under these keys is lost when they change: then, and only then, `VERSION` in answer-text.ts rises with them. */
const VECTORS: Readonly<Record<string, readonly [Given, string]>> = {
  'a question': [CHAT, 'g8vVJbvCnM6MXdoUytpmRfRkg8GCmA8coB1w1YokeW4'],
  'the same with its members in another order, and streamed': [
    {
      ...CHAT,
      body: {
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ content: 'When do you open?', role: 'user' }],
        user: 'somebody',
        temperature: 0.0,
        model: 'fast',
      },
    },
    'g8vVJbvCnM6MXdoUytpmRfRkg8GCmA8coB1w1YokeW4',
  ],
  'the same in the other vendor’s dialect': [
    {
      dialect: 'anthropic-messages',
      body: { model: 'fast', max_tokens: 100, messages: [{ role: 'user', content: 'When do you open?' }] },
    },
    'N_sIQYPn2LTKyXH4Sz9q4kNIw4i8wc-s1OlCc7dellQ',
  ],
  'a conversation with instructions, beyond ASCII': [
    {
      ...CHAT,
      body: {
        model: 'best',
        max_completion_tokens: 64,
        messages: [
          { role: 'system', content: 'Sê breve.' },
          { role: 'user', content: 'Olá 👋' },
          { role: 'assistant', content: 'Olá!' },
          { role: 'user', content: 'São 5 €?' },
        ],
      },
    },
    '-SvVtVAIiYkiZUlMZH4UnVPzfQZZlSY7UyrQGalGTkI',
  ],
  vectors: [
    { dialect: 'openai-embeddings', body: { model: 'embedding', input: ['one', 'two'] } },
    'AqtxapNg_XGyhFWAogDFEYy2ezC2Z16GRBAwW62Qhf0',
  ],
  'a call with tools': [
    { ...CHAT, body: { ...CHAT.body, tools: [tool] }, many: true },
    'sFkzNxGE_z08jvmK6VuF3Grxy7Y3tt4GJ_8yn9RZCQ0',
  ],
  'another tenant’s': [
    { ...CHAT, tenantId: '01890a5d-ac96-774b-bcce-b302099a8058' },
    'rnHvVWrJypQmT9FuZ4yk13szZ_azj98cIL1JRcQwIP4',
  ],
  'another model’s': [
    { ...CHAT, model: ['openai', 'gpt-4o-2024-11-20'] },
    'OBMAbrHCmhAWefSG4zcHAK0kzNvrfDOMJahUgC1TG84',
  ],
  'another policy of the guards': [
    { ...CHAT, guarded: { policy: { ...GUARDED.policy, guard_policy: 'e'.repeat(32) } } },
    'p3gSqPeXTVEStc34Y4logFa2r9JCwIN-6MxL1l7FWGs',
  ],
  'with values behind its tokens': [
    { ...CHAT, guarded: { ...GUARDED, values: 'd'.repeat(64) } },
    'jtSuvmq7VjewKtpPVv07YihFE1n6Tef1EeuieNA51fA',
  ],
  'a validated answer': [{ ...CHAT, validation: 'refuse' }, 'M38Jig4kRWZrx-8MzdLMQ6X-bD60X1o1ofjvbsJpH4c'],
};

describe('the key of an answer', () => {
  it.each(Object.entries(VECTORS))('is as ever for %s', (_what, [given, key]) => {
    expect(keyOf(given)).toBe(key);
  });

  it('is the same for what is the same, and for nothing else', () => {
    const keys = Object.values(VECTORS).map(([, key]) => key);
    expect(keys[1]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(keys.length - 1);
  });
});
