import { batchInput } from './batch-input';

const FILE = `file-${'0'.repeat(12)}7${'0'.repeat(3)}8${'0'.repeat(15)}`;
const GOOD = { input_file_id: FILE, endpoint: '/v1/embeddings', completion_window: '24h' };

describe('what is asked of a batch', () => {
  it('is read from OpenAI’s words', () => {
    const expiry = { anchor: 'created_at', seconds: 3_600 };
    expect(batchInput({ ...GOOD, metadata: { a: 'b' }, output_expires_after: expiry })).toEqual({
      fileId: '00000000-0000-7000-8000-000000000000',
      endpoint: '/v1/embeddings',
      keepSeconds: 3_600,
    });
    expect(batchInput({ ...GOOD, metadata: null })).not.toHaveProperty('keepSeconds');
  });

  it.each([
    [{ input_file_id: 'file-1' }, 'input.input_file_id'],
    [{ endpoint: '/v1/messages' }, 'input.endpoint'],
    [{ completion_window: '0h' }, 'input.completion_window'],
    [{ completion_window: '721h' }, 'input.completion_window'],
    [{ completion_window: '24' }, 'input.completion_window'],
    [{ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) }, 'input.metadata'],
    [{ output_expires_after: { anchor: 'created_at', seconds: 1 } }, 'input.output_expires_after.seconds'],
  ])('is refused by the field that is wrong: %j', (wrong, param) => {
    expect(() => batchInput({ ...GOOD, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: expect.objectContaining({ param }) }),
    );
  });
});
