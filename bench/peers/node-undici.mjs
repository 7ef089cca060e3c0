// The least that a Node proxy can do: read the body, pass the bytes on, pipe the answer back.
import http from 'node:http';
import { Pool } from 'undici';

const upstream = new Pool(process.env.UPSTREAM, { connections: 128 });
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-upstream' };

async function forward(path, body, response) {
  const answer = await upstream.request({ method: 'POST', path, headers, body });
  const { 'content-type': type, 'content-length': length } = answer.headers;
  response.writeHead(answer.statusCode, { 'content-type': type, ...(length && { 'content-length': length }) });
  answer.body.pipe(response);
}

http
  .createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk)); // an async iterator would cost more than all the rest
    request.on('end', () => {
      forward(request.url, Buffer.concat(chunks), response).catch(() => response.destroy());
    });
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
