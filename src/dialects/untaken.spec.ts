import type { ChatRequest } from '../contract/request';
import { withoutUntaken } from './untaken';

const request: ChatRequest = {
  operation: 'chat',
  model: 'm',
  stream: false,
  messages: [],
  tools: [],
  temperature: 0,
  topK: 5,
  presencePenalty: 0.5,
  stop: ['.'],
  hints: [],
  extras: [],
};

describe('withoutUntaken', () => {
  it('leaves out and names what the model is declared to refuse', () => {
    const { taken, untaken } = withoutUntaken(request, { model: 'm', sampling: false });
    expect(untaken).toEqual(['temperature', 'top_k', 'presence_penalty']);
    expect(taken).toEqual({ ...request, temperature: undefined, topK: undefined, presencePenalty: undefined });
    expect(withoutUntaken(request, { model: 'm', stop: false })).toEqual({
      taken: { ...request, stop: undefined },
      untaken: ['stop'],
    });
  });

  it('leaves the request alone where nothing is declared', () => {
    expect(withoutUntaken(request, { model: 'm' }).taken).toBe(request);
  });
});
