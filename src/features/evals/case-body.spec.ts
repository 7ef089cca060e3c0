import { EvalSuite } from '../../platform/config/evals';
import { caseBody, scoredText, transcriptOf } from './case-body';
import { type ReadyCase, Suite } from './suite';

const caseOf = (more: object, suite: object = {}): ReadyCase =>
  new Suite(
    EvalSuite.parse({
      name: 'it',
      description: 'It.',
      scorers: [{ type: 'exact', value: 'x' }],
      ...suite,
      cases: [{ id: 'a', ...more }],
    }),
  ).cases[0]!;

it('asks what the case says, with what it has of its suite', () => {
  const asked = caseOf(
    { prompt: 'Hi', parameters: { maxTokens: 5 } },
    { system: 'Be short.', parameters: { seed: 1, topP: 0.5 } },
  );
  expect(caseBody(asked, 'fast', true)).toEqual({
    model: 'fast',
    messages: [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Hi' },
    ],
    temperature: 0,
    top_p: 0.5,
    max_completion_tokens: 5,
    seed: 1,
  });
  expect(caseBody(asked, 'fast', false)).not.toHaveProperty('temperature');
  expect(
    caseBody(caseOf({ prompt: 'Hi', system: 'Other.' }, { system: 'Be short.' }), 'fast', true)['messages'],
  ).toMatchObject([{ content: 'Other.' }, {}]);
  expect(transcriptOf(asked)).toBe('system: Be short.\n\nuser: Hi');
});

it('offers tools, and scores calls of them as JSON', () => {
  const body = caseBody(
    caseOf({ prompt: 'Hi', tools: [{ name: 'find' }], parameters: { toolChoice: 'required' } }),
    'fast',
    true,
  );
  expect(body).toMatchObject({ tools: [{ type: 'function', function: { name: 'find' } }], tool_choice: 'required' });
  const call = { function: { name: 'find', arguments: '{"n":1}' } };
  expect(scoredText({ choices: [{ message: { content: null, tool_calls: [call] } }] })).toBe(
    '{"tool_calls":[{"name":"find","arguments":{"n":1}}]}',
  );
});

it.each([[{}], [{ choices: [] }], [{ choices: [{ message: { content: [1] } }] }], [{ choices: ['x'] }]])(
  'finds no text in %j',
  (body) => {
    expect(scoredText(body)).toBe('');
  },
);
