// `npm run bench:document`: a PDF of 200 pages as a job, against a slow provider: how soon something is known of it, how often it says how
// far it is, and whether what it cites stands on the page that it names. Exit code 1: one of these promises was broken.
//   --pages 200  --answer-ms 1500  --parallel 4
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pdfOf } from '../../test/support/documents.ts';
import { notesOf, sentencesOf } from '../../test/support/note-taker.ts';
import { buildSite } from './site.mjs';

const { values: options } = parseArgs({
  options: {
    pages: { type: 'string', default: '200' },
    'answer-ms': { type: 'string', default: '1500' },
    parallel: { type: 'string', default: '4' },
  },
});
const say = (line) => process.stdout.write(`${line}\n`);
const pageCount = Number(options.pages);
const MOST_GAP_MS = 2_000;
const MOST_FIRST_SHARE = 0.1;

const VERBS = ['shall deliver', 'may terminate', 'must insure', 'agrees to repair', 'is to indemnify', 'will inspect'];
const THINGS = ['the premises', 'all machinery', 'every shipment', 'the leased vehicles', 'the source material'];
const clause = (page, i) =>
  `Clause ${page}.${i} says that the party of article ${page * 100 + i} ${VERBS[(page + i) % VERBS.length]} ` +
  `${THINGS[(page * 3 + i) % THINGS.length]} against a fee of ${page * 7 + i} euros, payable within ${10 + (i % 9)} days of notice.`;
const CLAUSES = 22;
const pages = Array.from({ length: pageCount }, (_, at) => ({
  ...(at % 10 === 0 && { heading: `Part ${at / 10 + 1}` }),
  paragraphs: Array.from({ length: CLAUSES / 2 }, (_, i) => `${clause(at + 1, 2 * i)} ${clause(at + 1, 2 * i + 1)}`),
}));
const textOf = (page) => pages[page - 1].paragraphs.join(' ');

/** Reads like a model that is faithful and brief: the first clause of each page, and of many notes every fifth. */
function answerTo({ system, prompt }) {
  if (system.startsWith('You take notes'))
    return {
      notes: sentencesOf({ prompt })
        .map(({ page, sentence }) => ({ page, quote: /Clause \d+\.0 .*/.exec(sentence)?.[0] }))
        .filter(({ quote }) => quote)
        .map(({ page, quote }) => ({ statement: quote, page, quote })),
    };
  const numbers = notesOf({ prompt });
  if (system.includes('Make fewer notes'))
    return {
      notes: numbers
        .filter((number) => number % 5 === 1)
        .map((first) => ({
          statement: `Fees from note ${first} on.`,
          sources: numbers.filter((number) => number >= first && number < first + 5),
        })),
    };
  return {
    summary: 'A lease with many fees.',
    points: numbers.map((number) => ({ statement: `Point ${number}.`, sources: [number] })),
  };
}

async function startModel() {
  const counts = { calls: 0 };
  const serve = async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { model, messages } = JSON.parse(Buffer.concat(chunks).toString());
    counts.calls++;
    await sleep(Number(options['answer-ms']));
    const of = (role) => messages.find((message) => message.role === role)?.content ?? '';
    const content = JSON.stringify(answerTo({ system: of('system'), prompt: of('user') }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply(model, content)));
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    counts,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function reply(model, content) {
  const message = { role: 'assistant', content, refusal: null };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message, finish_reason: 'stop', logprobs: null }],
    usage: { prompt_tokens: 2_000, completion_tokens: 200, total_tokens: 2_200 },
  };
}

/** Every event of a job until it has ended, with the time at which it was heard. */
async function* followed(response) {
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const frames = text.split('\n\n');
    text = frames.pop();
    for (const frame of frames) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/m.exec(frame) ?? [];
      if (event) yield { event, data: JSON.parse(data), at: performance.now() };
    }
  }
}

/** Citations of the result, and those whose words do not stand on the page that they name. */
function checked({ result }) {
  const bare = (text) => text.replaceAll(/\s+/g, ' ');
  const citations = result.points.flatMap((point) => point.citations);
  const wrong = citations.filter(({ page, quote }) => !bare(textOf(page)).includes(bare(quote)));
  return { citations: citations.length, wrong: wrong.length, pages: new Set(citations.map(({ page }) => page)).size };
}

const model = await startModel();
const site = await buildSite({
  provider: model,
  redis: false,
  concurrency: 4,
  tenants: 1,
  parallel: Number(options.parallel),
});
const worker = await site.startWorker();
let broken = true;
try {
  const pdf = await pdfOf(pages);
  const input = { task: 'summary', content: Buffer.from(pdf).toString('base64'), media_type: 'application/pdf' };
  const began = performance.now();
  const { status, body } = await site.ask('POST', '/v1/jobs', { type: 'document', input }, site.keys[0]);
  if (status !== 202) throw new Error(JSON.stringify(body));
  let [heard, gap, updates, opened, first] = [began, 0, 0, undefined, undefined];
  for await (const { event, data, at } of followed(await site.events(body.job_id, site.keys[0]))) {
    if (event === 'partial' && data.key === 'document') opened ??= at - began;
    if (event === 'partial' && data.key.startsWith('part:')) first ??= at - began;
    if (event !== 'progress' && event !== 'status') continue;
    gap = Math.max(gap, at - heard);
    heard = at;
    updates++;
  }
  const total = heard - began;
  const { body: job } = await site.ask('GET', `/v1/jobs/${body.job_id}`, undefined, site.keys[0]);
  if (job.status !== 'succeeded') throw new Error(JSON.stringify(job.error));
  const { result } = job;
  const cited = checked(result);
  const share = first / total;
  say(
    `${result.document.pages} pages, ${(pdf.length / 1e6).toFixed(1)} MB, ${result.parts.read} parts, ${model.counts.calls} calls of ` +
      `${options['answer-ms']} ms, ${options.parallel} at a time: ${(total / 1_000).toFixed(1)} s in all`,
  );
  say(
    `open after ${(opened / 1_000).toFixed(2)} s; first notes after ${(first / 1_000).toFixed(2)} s, ` +
      `${(100 * share).toFixed(1)} % of the whole (at most 10 %)`,
  );
  say(`${updates} updates of status and progress, at most ${(gap / 1_000).toFixed(2)} s apart (at most 2 s)`);
  say(
    `${result.notes.taken} notes, ${cited.citations} citations of ${cited.pages} pages, ${cited.wrong} of them wrong; complete: ${result.complete}`,
  );
  if (!result.complete) say(JSON.stringify(result.missing));
  broken =
    gap > MOST_GAP_MS ||
    share > MOST_FIRST_SHARE ||
    cited.wrong > 0 ||
    cited.pages < pageCount ||
    result.document.pages !== pageCount ||
    !result.complete;
} finally {
  await worker.stop();
  await site.stop();
  await model.stop();
}
process.exitCode = broken ? 1 : 0;
