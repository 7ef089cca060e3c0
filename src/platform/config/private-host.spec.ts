import { isPrivateHost } from './private-host';

describe('isPrivateHost', () => {
  it.each([
    'localhost',
    '127.0.0.1',
    '10.1.2.3',
    '0.0.0.0',
    '172.31.0.1',
    '192.168.0.9',
    '[::1]',
    '[fd00::1]',
    'vllm',
    'ollama.local',
    'a.svc.cluster.local',
  ])('%s is private', (host) => expect(isPrivateHost(host)).toBe(true));

  it.each([
    'api.openai.com',
    '8.8.8.8',
    '172.32.0.1',
    '[2606:4700::1111]',
    'localhost.example.com',
    'internal.example.com',
  ])('%s is not', (host) => expect(isPrivateHost(host)).toBe(false));
});
