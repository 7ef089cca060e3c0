// One call over HTTP as a client sees it. Times count from when the call was due, not from when it left.
import { request } from 'node:http';
import { bodyOf, DOORS } from './plan.mjs';

/** Content in a stream of either vendor: not the events that only announce it. */
const CONTENT =
  /"(content|text|partial_json)":"[^"]|"(text_delta|input_json_delta)"|"arguments":"[^"]|"tool_calls":\[|"tool_use"/;

/**
 * @typedef {object} Answer
 * @property {number} status 0: none
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} text
 * @property {number} [firstMs] until the first content of a stream
 * @property {number} ms until the end
 * @property {string} [failure] `refused` (nobody listens), `broken` (the connection), `hanging` (no end in time)
 */

/** @returns {Promise<Answer>} never rejects */
export function send(call, { port, key, agent, dueAt, patienceMs }) {
  return new Promise((settle) => {
    const answer = { status: 0, headers: {}, text: '' };
    const since = () => performance.now() - dueAt;
    const end = (failure) => {
      clearTimeout(patience);
      settle({ ...answer, ms: since(), ...(failure && { failure }) });
    };
    const outgoing = request({
      port,
      agent,
      host: '127.0.0.1',
      path: DOORS[call.door],
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-request-id': requestId(call) },
    });
    const patience = setTimeout(() => {
      end('hanging');
      outgoing.destroy();
    }, patienceMs);
    outgoing.on('error', ({ code }) => end(code === 'ECONNREFUSED' ? 'refused' : 'broken'));
    outgoing.on('response', (response) => {
      answer.status = response.statusCode;
      answer.headers = response.headers;
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        answer.text += chunk;
        if (call.stream && answer.firstMs === undefined && CONTENT.test(answer.text)) answer.firstMs = since();
      });
      response.on('end', () => end());
      response.on('error', () => end('broken'));
    });
    outgoing.end(JSON.stringify(bodyOf(call)));
  });
}

export const requestId = ({ n }) => `drill-${n}`;
