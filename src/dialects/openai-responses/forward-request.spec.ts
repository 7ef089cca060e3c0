import { forwardRequest } from './forward-request';
import { seal } from './seal';

it('replaces the model, keeps nothing stored and loses nothing else', () => {
  const body = { model: 'alias', input: 'hi', gatehouse: { cache: 'refresh' }, unknown: [1], temperature: null };
  const before = structuredClone(body);
  expect(forwardRequest(body, { model: 'gpt-x' })).toEqual({
    model: 'gpt-x',
    input: 'hi',
    unknown: [1],
    temperature: null,
    store: false,
  });
  expect(body).toEqual(before);
});

it('keeps thoughts of the vendor and leaves out those of others', () => {
  const own = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAABo' };
  const foreign = { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: seal({ signature: 's' }) };
  const question = { role: 'user', content: 'q' };
  expect(forwardRequest({ model: 'm', input: [question, foreign, own] }, { model: 'm' }).input).toEqual([
    question,
    own,
  ]);
});
