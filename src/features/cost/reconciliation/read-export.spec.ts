import { picosOfUsd } from '../../../contract/money';
import { FORMATS } from './export-row';
import { readExport } from './read-export';

const DAY = 86_400;
const SECONDS = Date.UTC(2026, 10, 20) / 1_000;

describe('an export of OpenAI', () => {
  const usage = (results: object[], start_time = SECONDS) => ({
    object: 'bucket',
    start_time,
    end_time: start_time + DAY,
    results,
  });
  const result = {
    object: 'organization.usage.completions.result',
    input_tokens: 1_000,
    output_tokens: 500,
    input_cached_tokens: 800,
    input_audio_tokens: 0,
    output_audio_tokens: 0,
    num_model_requests: 5,
    project_id: null,
    user_id: null,
    api_key_id: null,
    model: 'gpt-4o-mini-2024-07-18',
    batch: null,
    service_tier: null,
  };

  it('says of usage how many tokens there were, cached ones among them', () => {
    const hours = [
      usage([result], SECONDS + 3_600),
      usage([{ ...result, model: null, output_tokens: undefined }], SECONDS + DAY),
    ];
    expect(readExport('openai-usage', hours)).toEqual([
      {
        day: '2026-11-20',
        model: 'gpt-4o-mini-2024-07-18',
        requests: 5,
        inputTokens: 1_000,
        cachedTokens: 800,
        outputTokens: 500,
      },
      { day: '2026-11-21', model: undefined, requests: 5, inputTokens: 1_000, cachedTokens: 800, outputTokens: 0 },
    ]);
  });

  const cost = (value: number | string, line_item: string | null = 'gpt-4o-2024-08-06, input', currency = 'usd') => ({
    object: 'organization.costs.result',
    amount: { value, currency },
    line_item,
    project_id: null,
    organization_id: 'org-x',
  });

  it('says of costs which model a line item is about', () => {
    const amounts = [cost(0.06), cost('0.8958740000000000', 'Image models'), cost(1e-7, null), cost(-0.5)];
    expect(readExport('openai-costs', [usage(amounts)])).toEqual([
      { day: '2026-11-20', model: 'gpt-4o-2024-08-06', cost: picosOfUsd('0.06') },
      { day: '2026-11-20', model: 'Image models', cost: picosOfUsd('0.895874') },
      { day: '2026-11-20', model: undefined, cost: 100_000n },
      { day: '2026-11-20', model: 'gpt-4o-2024-08-06', cost: -picosOfUsd('0.5') },
    ]);
  });

  it('may call its results by the older name', () => {
    const { results, ...bucket } = usage([result]);
    expect(readExport('openai-usage', [{ ...bucket, result: results }])).toHaveLength(1);
  });

  it.each([
    ['rows[0].results[0].amount.currency', 'openai-costs', [usage([cost(1, null, 'eur')])]],
    ['rows[0].results[0].amount.value', 'openai-costs', [usage([cost('much')])]],
    ['rows[1].results[0].input_tokens', 'openai-usage', [usage([]), usage([{ ...result, input_tokens: -1 }])]],
    ['rows[0].start_time', 'openai-usage', [{ results: [] }]],
    ['rows[0].results', 'openai-usage', [{ start_time: SECONDS }]],
    ['rows[0]', 'openai-usage', ['bucket']],
  ] as const)('is refused with the place of what is wrong: %s', (param, format, rows) => {
    expect(() => readExport(format, rows)).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: { param } }),
    );
  });
});

describe('an export of Anthropic', () => {
  const bucket = (results: object[]) => ({
    starting_at: '2026-11-20T00:00:00Z',
    ending_at: '2026-11-21T00:00:00Z',
    results,
  });

  it('says of usage how many tokens there were, read and written ones among them', () => {
    const result = {
      uncached_input_tokens: 1_500,
      cache_creation: { ephemeral_1h_input_tokens: 1_000, ephemeral_5m_input_tokens: 500 },
      cache_read_input_tokens: 200,
      output_tokens: 500,
      server_tool_use: { web_search_requests: 10 },
      api_key_id: null,
      workspace_id: null,
      model: 'claude-sonnet-4-20250514',
      service_tier: 'standard',
      context_window: '0-200k',
    };
    expect(readExport('anthropic-usage', [bucket([result])])).toEqual([
      {
        day: '2026-11-20',
        model: 'claude-sonnet-4-20250514',
        inputTokens: 3_200,
        cachedTokens: 200,
        outputTokens: 500,
      },
    ]);
  });

  it('says of costs what they are in cents', () => {
    const result = {
      amount: '123.78912',
      currency: 'USD',
      cost_type: 'tokens',
      description: 'Claude Sonnet 4 Usage - Input Tokens',
      model: 'claude-sonnet-4-20250514',
      token_type: 'uncached_input_tokens',
    };
    expect(
      readExport('anthropic-cost', [bucket([result, { ...result, model: null, cost_type: 'web_search' }])]),
    ).toEqual([
      { day: '2026-11-20', model: 'claude-sonnet-4-20250514', cost: picosOfUsd('1.2378912') },
      { day: '2026-11-20', model: undefined, cost: picosOfUsd('1.2378912') },
    ]);
  });
});

describe('a CSV file', () => {
  it('has what its header names, in any order', () => {
    const text =
      '\uFEFFModel,Day,request_id,input_tokens,cost_usd,other\r\n"gpt-4o","2026-11-20T10:00:00Z",req_1,10,0.5,x\r\n,2026-11-21,,,,\r\n';
    const nothing = { requests: undefined, cachedTokens: undefined, outputTokens: undefined };
    expect(readExport('csv', text)).toEqual([
      { ...nothing, day: '2026-11-20', model: 'gpt-4o', requestId: 'req_1', inputTokens: 10, cost: picosOfUsd('0.5') },
      {
        ...nothing,
        day: '2026-11-21',
        model: undefined,
        requestId: undefined,
        inputTokens: undefined,
        cost: undefined,
      },
    ]);
  });

  it.each([
    ['csv', 'day,model\n"2026'],
    ['csv', 'day,model\n'],
    ['csv', ''],
    ['csv', 'day\n2026-11-20,extra'],
    ['csv: row 3, input_tokens', 'day,input_tokens\n2026-11-20,1\n2026-11-20,many'],
    ['csv: row 2, cost_usd', 'day,cost_usd\n2026-11-20,$5'],
    ['csv: row 2, cost_usd', 'day,cost_usd\n2026-11-20,1e99'],
    ['csv: row 2, day', 'date\n2026-11-20'],
    ['csv: row 2, day', 'day\n2026-13-45'],
    ['csv: row 2, day', 'day,cost_usd\n2026-02-31,1'],
    ['csv', `day,model\n2026-11-20,${'x'.repeat(20_000)}`],
    ['csv', `day\n${'2026-11-20\n'.repeat(50_001)}`],
  ])('is refused with the place of what is wrong: %s', (param, text) => {
    expect(() => readExport('csv', text)).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: { param } }),
    );
  });
});

it.each(FORMATS.filter((format) => format !== 'csv'))(
  'an export as %s that is nothing at all has no rows',
  (format) => {
    expect(readExport(format, [])).toEqual([]);
  },
);

it('a CSV file is a text', () => {
  expect(() => readExport('csv', [])).toThrow('csv: is missing');
});
