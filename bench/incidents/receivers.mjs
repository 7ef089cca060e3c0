// A webhook receiver, Slack and PagerDuty: they keep what they are told.
import { once } from 'node:events';
import { createServer } from 'node:http';

export async function startReceivers() {
  const received = [];
  const take = async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    received.push({ path: request.url, headers: request.headers, text, body: JSON.parse(text), at: Date.now() });
    response.writeHead(request.url === '/pager' ? 202 : 200).end();
  };
  const server = createServer((request, response) => void take(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    of: (path) => received.filter((one) => one.path === path),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
