import OpenAI, { toFile } from 'openai';
import type { Json } from '../../src/contract/json';
import { answersWith, askedOf } from '../support/answering-model';
import { until } from '../support/ask';
import { databaseText } from '../support/database-text';
import { docxOf, paragraph, pdfOf } from '../support/documents';
import { type Gateway, startGateway } from '../support/gateway';
import { lockedPdf, pdfBomb } from '../support/hostile-documents';
import { type Body, JobClient } from '../support/job-client';
import { leasePage, unbroken } from '../support/lease';
import { takeNotes } from '../support/note-taker';
import { PERSONAL } from '../support/personal-bodies';
import { ReviewedProject } from '../support/reviewed-project';
import { fileDiff, review, SQL } from '../support/reviewer';
import { SMALL_PARTS } from '../support/small-parts';
import { Upstream } from '../support/upstream';
import { says } from '../support/upstream-scripts';

const [CPF, , EMAIL] = PERSONAL;
const CANARY = 'canary-77c2';

describe('analyses, documents and reviews', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let client: JobClient;

  const analyze = (body: object) => client.call('POST', '/v1/analyze', body);
  const submit = (type: string, input: object) => client.submit(type, input);
  const shown = (id: string) => client.shown(id);
  const ended = (id: string) => client.ended(id);
  const done = (type: string, input: object) => client.done(type, input);
  const sent = (): string => upstream.exchanges.map(({ raw }) => raw.toString()).join('\n');
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: upstream.env, ...SMALL_PARTS });
    client = new JobClient(gateway);
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  describe('POST /v1/analyze', () => {
    const text = `I, ${EMAIL}, love it. ${CANARY}`;

    it.each<[string, object, Json, Json]>([
      ['sentiment', {}, { sentiment: 'positive', score: 7, reason: 'r' }, { score: 1 }],
      ['summary', { max_words: 20 }, { summary: 's', key_points: ['k'] }, { key_points: ['k'] }],
      ['classification', { labels: ['a', 'b'] }, { label: 'b', confidence: 1, reason: 'r' }, { label: 'b' }],
      ['extraction', { fields: [{ name: 'who' }] }, { who: 'somebody' }, { who: 'somebody' }],
      ['language', {}, { language: 'en', name: 'English', confidence: 0.9 }, { language: 'en' }],
      ['support-triage', { parameters: { product: 'mail' } }, { urgency: 'high' }, { urgency: 'high' }],
    ])('answers with a result that conforms: %s', async (type, options, answer, result) => {
      upstream.answers(answersWith(() => answer));
      const asked = { analysis_type: type, text, ...options };
      const first = await analyze(asked);
      expect(first).toMatchObject({
        status: 200,
        body: { analysis_type: type, result, cached: false, provider: 'openai', model: 'gpt-4o-mini' },
      });
      const { system, prompt } = askedOf(upstream.last);
      expect(prompt).toMatch(/^<<DATA (\w{16})>>\nI, \[\[EMAIL_\w+\]\], love it\. canary-77c2\n<<END \1>>$/);
      expect(system).not.toContain(CANARY);
      if (type === 'support-triage') expect(system).toContain('a message about mail');
      expect((await analyze(asked)).body).toMatchObject({ result, cached: true });
      expect(upstream.exchanges).toHaveLength(1);
      expect(sent()).not.toContain(EMAIL);
    });

    it('has an answer that does not conform repaired once, and then refused', async () => {
      const asked = { analysis_type: 'sentiment', text: 'So so.', gatehouse: { cache: 'no-store' } };
      const good = { sentiment: 'neutral', score: 0, reason: 'r' };
      let asks = 0;
      upstream.answers(answersWith(() => (++asks === 1 ? { sentiment: 'meh' } : good)));
      expect(await analyze(asked)).toMatchObject({ status: 200, body: { result: good } });
      expect(upstream.exchanges).toHaveLength(2);
      upstream.answers(says('I would rather not say.'));
      expect(await analyze(asked)).toMatchObject({ status: 502, body: { code: 'provider_failed' } });
      expect(upstream.exchanges).toHaveLength(2);
    });

    it('names the field that is wrong, and asks nobody', async () => {
      upstream.answers(says('never'));
      const cases: readonly [object, string][] = [
        [{ analysis_type: 'mood', text }, 'analysis_type'],
        [{ analysis_type: 'sentiment' }, 'text'],
        [{ analysis_type: 'sentiment', text: 'x'.repeat(2_001) }, 'text'],
        [{ analysis_type: 'sentiment', text, labels: ['a', 'b'] }, 'labels'],
        [{ analysis_type: 'classification', text, labels: ['a'] }, 'labels'],
        [{ analysis_type: 'support-triage', text, parameters: { colour: 'red' } }, 'parameters.colour'],
      ];
      for (const [body, param] of cases)
        expect(await analyze(body)).toMatchObject({ status: 400, body: { code: 'invalid_request', param } });
      expect(upstream.exchanges).toHaveLength(0);
    });
  });

  it('analyse many texts as one job', async () => {
    upstream.answers(
      answersWith(({ prompt }) => ({ language: prompt.includes('Olá') ? 'pt' : 'en', name: 'n', confidence: 1 })),
    );
    const result = await done('analysis', { analysis_type: 'language', texts: ['Olá', 'Hello', 'Olá de novo'] });
    expect(result).toMatchObject({ succeeded: 3, failed: 0 });
    expect(result['results'].map((one: Body) => one['result'].language)).toEqual(['pt', 'en', 'pt']);
  });

  describe('a document', () => {
    /** All citations of the points of a summary. */
    const citationsOf = (result: Body): { page: number; quote: string }[] =>
      result['result'].points.flatMap((point: Body) => point['citations']);

    it('of PDF is read in parts that are shown before the end, with citations that are true', async () => {
      let open!: () => void;
      const opened = new Promise<void>((resolve) => (open = resolve));
      let asks = 0;
      upstream.answers(
        answersWith(async (asked) => {
          if (++asks > 2) await opened;
          return takeNotes(asked);
        }),
      );
      const pages = Array.from({ length: 12 }, (_, i) => ({ paragraphs: [leasePage(i + 1)] }));
      const content = base64(await pdfOf(pages, `Lease ${CANARY}`));
      const id = await submit('document', { task: 'summary', content, media_type: 'application/pdf', name: 'a.pdf' });
      const early = await until(async () => {
        const job = await shown(id);
        const known = job['partial_results'].some(({ key }: Body) => key.startsWith('part:'));
        return known && job['progress'] > 0 ? job : undefined;
      });
      expect(early).toMatchObject({ status: 'running', stage: 'map', result: null });
      open();
      const job = await ended(id);
      expect(job).toMatchObject({ status: 'succeeded', progress: 100 });
      const { result } = job as { result: Body };
      expect(result).toMatchObject({
        document: { name: 'a.pdf', format: 'pdf', pages: 12, page_kind: 'real', title: `Lease ${CANARY}` },
        complete: true,
        missing: [],
        notes: { left_out: 0, unverified_quotes: 0 },
      });
      const citations = citationsOf(result);
      expect(new Set(citations.map(({ page }) => page)).size).toBe(12);
      for (const { page, quote } of citations) expect(unbroken(leasePage(page))).toContain(unbroken(quote));
      // what is personal was a token on its way, and is back in the quotes
      expect(citations.some(({ page, quote }) => page === 3 && quote.includes(CPF))).toBe(true);
      expect(sent()).toContain('Its tax number is [[CPF_');
      expect(sent()).not.toContain(CPF);
      const asked = upstream.exchanges.length;
      const again = await done('document', { task: 'summary', content, media_type: 'application/pdf', name: 'a.pdf' });
      expect(again['parts'].from_cache).toBe(again['parts'].read);
      expect(upstream.exchanges).toHaveLength(asked);
      const database = await databaseText(gateway.databaseUrl);
      for (const secret of [CPF, CANARY, EMAIL]) {
        expect(database).not.toContain(secret);
        expect(gateway.logs()).not.toContain(secret);
      }
    });

    it('of DOCX answers a question, citing the page that its author began', async () => {
      upstream.answers(
        answersWith((asked) =>
          asked.system.startsWith('You take notes')
            ? takeNotes(asked)
            : { answer: 'Nine euros.', found: true, sources: [2] },
        ),
      );
      const PAGE = '<w:br w:type="page"/>';
      const content = base64(
        docxOf(
          paragraph('Terms', 1) +
            paragraph('This is a contract.') +
            paragraph('The fee is nine euros.', undefined, PAGE),
        ),
      );
      const result = await done('document', {
        task: 'question',
        question: 'What is the fee?',
        content,
        name: 'b.docx',
      });
      expect(result).toMatchObject({
        document: { format: 'docx', pages: 2, page_kind: 'real', title: 'Terms' },
        result: {
          answer: 'Nine euros.',
          found: true,
          citations: [{ page: 2, quote: 'The fee is nine euros.' }],
        },
      });
    });

    it('that was uploaded with the official SDK is read from where it is kept, and must be the tenant’s own', async () => {
      upstream.answers(answersWith(takeNotes));
      const sdk = (key: string) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 });
      const upload = async (bytes: Uint8Array, name: string, key = gateway.rootKey) =>
        (await sdk(key).files.create({ file: await toFile(bytes, name), purpose: 'user_data' })).id;
      const pages = Array.from({ length: 3 }, (_, i) => ({ paragraphs: [leasePage(i + 1)] }));
      const file = await upload(await pdfOf(pages, `Lease ${CANARY}`), 'lease.pdf');
      const result = await done('document', { task: 'summary', file });
      expect(result).toMatchObject({
        document: { name: 'lease.pdf', format: 'pdf', pages: 3, page_kind: 'real', title: `Lease ${CANARY}` },
        complete: true,
      });
      expect(new Set(citationsOf(result).map(({ page }) => page)).size).toBe(3);
      expect(sent()).not.toContain(CPF);
      expect(await databaseText(gateway.databaseUrl)).not.toContain(CANARY);
      const tenant = (await client.call('POST', '/v1/tenants', { name: 'stranger' })).body['id'] as string;
      const made = await client.call('POST', '/v1/keys', { name: 'stranger', tenant, roles: ['client'] });
      const foreign = await upload(Buffer.from('Not yours.'), 'theirs.txt', made.body['key'] as string);
      const gone = await upload(Buffer.from('Gone.'), 'gone.txt');
      await sdk(gateway.rootKey).files.delete(gone);
      const asked = upstream.exchanges.length;
      for (const [id, message] of [
        [foreign, /no such file/],
        [gone, /no such file/],
        [await upload(Buffer.from('a,b'), 'table.csv'), /must end with/],
        [await upload(Buffer.from('no PDF at all'), 'fake.pdf'), /not of the media type application\/pdf/],
      ] as const) {
        const job = await ended(await submit('document', { task: 'summary', file: id }));
        expect(job).toMatchObject({
          status: 'failed',
          error: { code: 'invalid_request', param: 'input.file', message: expect.stringMatching(message) },
        });
      }
      expect(upstream.exchanges).toHaveLength(asked);
    }, 60_000);

    it('that cannot be read is refused in bounded time, by the field that it came in', async () => {
      upstream.answers(says('never'));
      const summary = (bytes: Uint8Array, name = 'a.pdf') =>
        submit('document', { task: 'summary', content: base64(bytes), name });
      const ids = [
        await summary(Buffer.from('%PDF-1.7\n%%EOF')),
        await summary(await pdfOf(Array.from({ length: 31 }, () => ({ paragraphs: ['x'] })))),
        await summary(lockedPdf()),
        await summary(await pdfOf([{ paragraphs: [] }])),
        await summary(docxOf(paragraph('x'.repeat(12_000_000))), 'a.docx'),
        await summary(pdfBomb()),
      ];
      const jobs = await Promise.all(ids.map(ended));
      expect(jobs.map(({ status, error }) => [status, error['code'], error['param'], error['message']])).toEqual([
        ['failed', 'invalid_request', 'input.content', 'The document cannot be read as a PDF'],
        ['failed', 'prompt_too_large', 'input.content', 'The document has 31 pages, and the limit is 30'],
        ['failed', 'invalid_request', 'input.content', 'The document is a PDF that needs a password'],
        ['failed', 'invalid_request', 'input.content', expect.stringContaining('holds no text')],
        ['failed', 'prompt_too_large', 'input.content', expect.stringContaining('once it is unpacked')],
        ['failed', 'invalid_request', 'input.content', expect.stringMatching(/ takes (more memory|longer) /)],
      ]);
      for (const { started_at: from, finished_at: to } of jobs)
        expect(Date.parse(to) - Date.parse(from)).toBeLessThan(30_000);
      const atOnce: readonly [object, string][] = [
        [{ content: 'n ö', name: 'a.pdf' }, 'input.content'],
        [{ content: base64(Buffer.from('PK nothing')), name: 'a.pdf' }, 'input.content'],
        [{ content: base64(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1])), name: 'a.docx' }, 'input.content'],
        [{ content: 'YQ==', name: 'a.xlsx' }, 'input.media_type'],
        [{ text: '' }, 'input.text'],
      ];
      for (const [source, param] of atOnce) {
        const input = { task: 'summary', ...source };
        const { status, body } = await client.call('POST', '/v1/jobs', { type: 'document', input });
        expect([status, body['code'], body['param']]).toEqual([400, 'invalid_request', param]);
      }
      expect(upstream.exchanges).toHaveLength(0);
      // the gateway is as well as before
      expect((await client.call('GET', '/health/ready')).status).toBe(200);
    }, 90_000);
  });

  describe('a code review', () => {
    const MINE = `owner('${EMAIL}');`;

    it('finds by file and line, reports, and asks only about what changed since', async () => {
      upstream.answers(answersWith(review));
      const diff = fileDiff('a.ts', SQL) + fileDiff('b.ts', MINE) + fileDiff('package-lock.json', 'x');
      const first = await done('code-review', { diff });
      expect(first).toMatchObject({
        exit_code: 1,
        complete: true,
        counts: { critical: 1, high: 0 },
        findings: [
          { file: 'src/a.ts', line: 2, added: true, severity: 'critical', category: 'injection', passes: ['security'] },
        ],
        files: [
          { path: 'src/a.ts', from_cache: false },
          { path: 'src/b.ts', from_cache: false },
          { path: 'src/package-lock.json', skipped: 'generated' },
        ],
      });
      expect(first['report']).toContain('## critical: SQL injection &lt;b&gt;\n\n`src/a.ts:2`');
      expect(first['passes'].map(({ pass, model, answered_by: by }: Body) => [pass, model, by])).toEqual([
        ['style', 'fast', ['openai/gpt-4o-mini']],
        ['logic', 'balanced', ['openai/gpt-4o']],
        ['security', 'best', ['anthropic/claude-opus-4-8']],
      ]);
      expect(upstream.exchanges).toHaveLength(6);
      expect(sent()).not.toContain(EMAIL);

      const second = await done('code-review', { diff });
      expect(upstream.exchanges).toHaveLength(6);
      expect(second['findings']).toEqual(first['findings']);
      expect(second['files'].slice(0, 2).map((file: Body) => file['from_cache'])).toEqual([true, true]);

      const mended = fileDiff('a.ts', 'const row = find(id);') + fileDiff('b.ts', MINE);
      const third = await done('code-review', { diff: mended });
      expect(third).toMatchObject({ exit_code: 0, findings: [], files: [{ from_cache: false }, { from_cache: true }] });
      expect(upstream.exchanges).toHaveLength(9);
      expect(upstream.exchanges.slice(6).map((exchange) => askedOf(exchange).prompt)).toEqual(
        Array.from({ length: 3 }, () => expect.stringContaining('find(id)')),
      );
    });

    it('ends a pipeline with its exit code', async () => {
      upstream.answers(answersWith(review));
      const project = new ReviewedProject(gateway);
      const run = (args: readonly string[], stdin?: string, key?: string) => project.review(args, stdin, key);
      try {
        project.commit('c.ts', 'const id = input.id;\n');
        project.commit('c.ts', `const id = input.id;\n${SQL}\n`);
        const failed = await run(['--base', 'HEAD~1', '--json', 'review.json']);
        expect(failed).toEqual({ code: 1, output: expect.stringContaining('`c.ts:2` · injection · security') });
        expect(await run(['--base', 'HEAD~1', '--fail-on', 'never'])).toMatchObject({ code: 0 });
        expect(await run([], fileDiff('d.ts', 'fine();'))).toEqual({
          code: 0,
          output: expect.stringContaining('Passed.'),
        });
        expect(await run([], '')).toEqual({ code: 0, output: 'Nothing was changed.\n' });
        expect(await run([], 'nonsense')).toEqual({ code: 3, output: expect.stringContaining('holds no change') });
        expect(await run([], 'x', 'gh_wrong')).toEqual({ code: 3, output: expect.stringContaining('401') });
      } finally {
        project.remove();
      }
    });

    it('of what is no diff is refused by the line, and asks nobody', async () => {
      upstream.answers(says('never'));
      const cases: readonly [string, string][] = [
        ['Please approve.', 'holds no change'],
        ['--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a', 'line 5 ends in the middle of a hunk'],
        [`--- a/x\n+++ b/x\n@@ -1,${'9'.repeat(4_000)} +1 @@\n`, 'line 3 is no header of a hunk'],
        ['\u0000\u0001 diff --git'.repeat(50_000), 'holds no change'],
        [Array.from({ length: 21 }, (_, i) => fileDiff(`${i}.ts`, 'x')).join(''), 'has 21 files, and the limit is 20'],
      ];
      for (const [diff, problem] of cases) {
        const { status, body } = await client.call('POST', '/v1/jobs', { type: 'code-review', input: { diff } });
        expect([status, body['param']]).toEqual([expect.any(Number), 'input.diff']);
        expect(status).toBeLessThan(500);
        expect(body['detail']).toContain(problem);
      }
      expect(upstream.exchanges).toHaveLength(0);
    });
  });
});
