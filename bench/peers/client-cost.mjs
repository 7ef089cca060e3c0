// One Fastify route that asks the upstream through the client that CLIENT names: what the client costs is the difference.
import Fastify from 'fastify';
import { Readable } from 'node:stream';
import { Pool } from 'undici';

const upstream = process.env.UPSTREAM;
const once = { maxRetries: 0, apiKey: 'sk-upstream' };

async function* sse(chunks) {
  for await (const chunk of chunks) yield `event: ${chunk.type ?? 'message'}\ndata: ${JSON.stringify(chunk)}\n\n`;
}

/** Each returns what to send: an object, a buffer or a stream. */
const CLIENTS = {
  async none() {
    const answer = { id: 'x', choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' } }] };
    return async (body) => (body.stream ? Readable.from(sse(Array.from({ length: 52 }, () => answer))) : answer);
  },
  async undici() {
    const pool = new Pool(upstream, { connections: 128 });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-upstream' };
    return async (body, path) => {
      const answer = await pool.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
      return body.stream ? answer.body : answer.body.json();
    };
  },
  async openai() {
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ ...once, baseURL: `${upstream}/v1` });
    return async (body) => {
      const answer = await client.chat.completions.create(body);
      return body.stream ? Readable.from(sse(answer)) : answer;
    };
  },
  async anthropic() {
    const { default: Anthropic } = await import('@anthropic-ai/sdk');
    const client = new Anthropic({ ...once, baseURL: upstream });
    return async (body) => {
      const answer = await client.messages.create(body);
      return body.stream ? Readable.from(sse(answer)) : answer;
    };
  },
};

const ask = await CLIENTS[process.env.CLIENT]();
const app = Fastify({ bodyLimit: 32 << 20 });
for (const path of ['/v1/chat/completions', '/v1/messages'])
  app.post(path, async ({ body }, reply) => {
    const answer = await ask(body, path);
    return reply.type(body.stream ? 'text/event-stream' : 'application/json').send(answer);
  });
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
