// The least that a Node proxy can do: read the body, pass the bytes on, pipe the answer back.
import http from 'node:http';
import { Pool } from 'undici';

const upstream = new Pool(process.env.UPSTREAM, { connections: 128 });
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-upstream' };

async function proxy(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = await upstream.request({ method: 'POST', path: request.url, headers, body: Buffer.concat(chunks) });
  const { 'content-type': type, 'content-length': length } = answer.headers;
  response.writeHead(answer.statusCode, { 'content-type': type, ...(length && { 'content-length': length }) });
  answer.body.pipe(response);
}

http
  .createServer((request, response) => {
    proxy(request, response).catch(() => response.destroy());
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
