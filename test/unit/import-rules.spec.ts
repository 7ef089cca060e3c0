import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** A small project that keeps every rule. */
const CLEAN: Record<string, string> = {
  'src/main.ts': `import './app.module';`,
  'src/app.module.ts': `import './api/admin/admin.module'; import './pipeline/pipeline.module'; import './features/providers/providers.module';`,
  'src/verify-audit.ts': `import './features/audit/verifier/verify';`,
  'src/contract/call.ts': `export const call = 1;`,
  'src/dialects/codec.ts': `import '../contract/call'; import type {} from 'openai'; export const codec = 1;`,
  'src/platform/clock.ts': `import { DataSource } from 'typeorm'; export const clock = DataSource;`,
  'src/features/audit/index.ts': `export { append } from './append';`,
  'src/features/audit/append.ts': `import '../../contract/call'; import '../../platform/clock'; import './format/entry'; export const append = 1;`,
  'src/features/audit/format/entry.ts': `export const entry = 1;`,
  'src/features/audit/verifier/verify.ts': `import '../format/entry'; import 'node:fs'; export const verify = 1;`,
  'src/witness.ts': `import './features/audit/format/entry'; import 'node:http';`,
  'src/features/cost/index.ts': `export { price } from './price';`,
  'src/features/cost/price.ts': `export const price = 1;`,
  'src/features/providers/index.ts': `export { ask } from './ask';`,
  'src/features/providers/ask.ts': `export const ask = 1;`,
  'src/features/providers/providers.module.ts': `import { Module } from '@nestjs/common'; export const m = Module;`,
  'src/pipeline/index.ts': `export { run } from './run';`,
  'src/pipeline/run.ts': `import '../features/audit'; import '../features/providers'; import '../dialects/codec'; export const run = 1;`,
  'src/pipeline/pipeline.module.ts': `import './run';`,
  'src/jobs/batch.ts': `import '../pipeline'; export const batch = 1;`,
  'src/api/admin/admin.module.ts': `import '../../features/cost'; import '../../jobs/batch'; import '../openai/openai.controller';`,
  'src/api/openai/openai.controller.ts': `import { Controller } from '@nestjs/common'; import 'fastify'; import '../../pipeline'; import './write-reply'; export const c = Controller;`,
  'src/api/openai/write-reply.ts': `import type { FastifyReply } from 'fastify'; export type Reply = FastifyReply;`,
  'migrations/1-create-call.ts': `import type { MigrationInterface } from 'typeorm'; export type M = MigrationInterface;`,
};

/** One more line in one file, and the rule it must break. */
const VIOLATIONS: [rule: string, file: string, line: string][] = [
  ['ring-contract', 'src/contract/call.ts', `import '../dialects/codec';`],
  ['ring-dialects', 'src/dialects/codec.ts', `import '../platform/clock';`],
  ['ring-platform', 'src/platform/clock.ts', `import '../features/cost';`],
  ['ring-features', 'src/features/cost/price.ts', `import '../../pipeline';`],
  ['ring-pipeline', 'src/pipeline/run.ts', `import '../jobs/batch';`],
  ['ring-jobs', 'src/jobs/batch.ts', `import '../api/admin/admin.module';`],
  ['features-are-strangers', 'src/features/cost/price.ts', `import '../audit';`],
  ['feature-front-door', 'src/pipeline/run.ts', `import '../features/cost/price';`],
  ['pipeline-front-door', 'src/jobs/batch.ts', `import '../pipeline/run';`],
  ['doors-through-pipeline', 'src/api/openai/openai.controller.ts', `import '../../features/cost';`],
  ['providers-behind-pipeline', 'src/api/admin/admin.module.ts', `import '../../features/providers';`],
  ['plain-files-are-plain', 'src/features/cost/price.ts', `import '@nestjs/common';`],
  ['storage-has-a-role', 'src/features/cost/price.ts', `import 'pg';`],
  ['known-roles', 'src/features/cost/cost.manager.ts', `import './price';`],
  ['http-only-at-the-door', 'src/features/cost/cost.service.ts', `import 'fastify';`],
  ['vocabulary-is-pure', 'src/dialects/codec.ts', `import { Agent } from 'undici'; export const agent = Agent;`],
  ['auditor-stands-alone', 'src/features/audit/verifier/verify.ts', `import '../append';`],
  ['auditor-stands-alone', 'src/verify-audit.ts', `import 'node:net';`],
  ['witness-stands-alone', 'src/witness.ts', `import './features/audit/verifier/verify';`],
  ['migrations-stand-alone', 'migrations/1-create-call.ts', `import '../src/contract/call';`],
  ['no-junk-drawers', 'src/features/cost/price.ts', `import './utils/round';`],
  ['no-cycles', 'src/features/cost/price.ts', `import './index';`],
  ['no-dead-files', 'src/features/cost/forgotten.ts', `import './price';`],
  ['no-orphans', 'src/features/cost/nobody.ts', `export {};`],
  ['production-only', 'src/features/cost/price.ts', `import '../../../test/support/double';`],
  ['declared', 'src/features/cost/price.ts', `import 'prettier';`],
  ['resolvable', 'src/features/cost/price.ts', `import './nowhere';`],
];

const ALSO_THERE = {
  'src/features/cost/utils/round.ts': 'export {};',
  'test/support/double.ts': 'export {};',
};

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

/** What the rules say about a project made of these files. */
function violationsIn(folder: string, files: Record<string, string>): Violation[] {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs'])
    cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const cli = join(ROOT, 'node_modules/.bin/depcruise');
  const args = [cli, '--output-type', 'json', 'src', 'migrations'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 50_000_000,
  });
  if (!stdout) throw new Error(stderr);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the import rules', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'import-rules-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('leave a project alone that keeps them', () => {
    expect(violationsIn(folder, CLEAN)).toEqual([]);
  });

  it('find every planted violation where it was planted', () => {
    const files: Record<string, string> = { ...CLEAN, ...ALSO_THERE };
    for (const [, file, line] of VIOLATIONS) files[file] = `${files[file] ?? ''}\n${line}`;
    const found = violationsIn(folder, files).map(({ rule, from }) => `${rule.name}: ${from}`);
    for (const [rule, file] of VIOLATIONS) expect(found).toContain(`${rule}: ${file}`);
  });

  it('are all tried here', () => {
    const { forbidden } = require(join(ROOT, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[] };
    const names = forbidden.map(({ name }) => name).filter((name) => name !== 'ring-api'); // nothing lies beyond the last ring
    expect(new Set(VIOLATIONS.map(([rule]) => rule))).toEqual(new Set(names));
  });
});
