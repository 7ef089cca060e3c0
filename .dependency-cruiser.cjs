/**
 * Which file may import which. The rings are listed inside out: a ring may import itself and the rings before it.
 * The comment of a rule is what a developer reads when it is broken, so it says why the rule is there.
 */
const RINGS = ['contract', 'dialects', 'platform', 'features', 'pipeline', 'jobs', 'api'];
const upTo = (ring) => RINGS.slice(0, RINGS.indexOf(ring) + 1);

/** The composition root and the HTTP process put everything together. */
const ASSEMBLY =
  '^src/(app\\.module|serve|work|provision-audit|audit-epoch|check-prices|update-prices|check-config|doctor|deploy|migrate)\\.ts$';
const ENTRY_POINT = '^src/[^/]+\\.ts$';
const AUDITOR = '^src/(verify-audit\\.ts$|features/audit/verifier/)';
const WITNESS = '^src/(witness\\.ts$|features/audit/witness/)';

const ROLES =
  'module|controller|guard|pipe|filter|interceptor|processor|service|stage|store|provider|entity|decorator|gateway';
const PLAIN_FILE = '/[^/.]+\\.ts$';
const FRAMEWORK = 'node_modules/(@nestjs|@fastify|fastify|nestjs-pino)/';
const STORAGE = 'node_modules/(@types/)?(typeorm|pg|ioredis|bull|graphile-worker)/';
const HTTP_SERVER = 'node_modules/(@nestjs/platform-fastify|@fastify|fastify)/';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...RINGS.map((ring) =>
      forbid(
        `ring-${ring}`,
        `${ring} may import only ${upTo(ring).join(', ')}: what lies further in must not know who uses it.`,
        { path: `^src/${ring}/` },
        { path: '^src/', pathNot: upTo(ring).map((inner) => `^src/${inner}/`) },
      ),
    ),

    forbid(
      'features-are-strangers',
      'A feature never imports another one, so that each can be read, tested and removed alone. The pipeline joins them.',
      { path: '^src/features/([^/]+)/' },
      { path: '^src/features/', pathNot: '^src/features/$1/' },
    ),
    forbid(
      'feature-front-door',
      'From outside a feature is its index.ts: what is not exported there may change without asking anybody.',
      { path: '^src/', pathNot: ['^src/features/', ASSEMBLY, AUDITOR, WITNESS] },
      { path: '^src/features/[^/]+/', pathNot: '^src/features/[^/]+/index\\.ts$' },
    ),
    forbid(
      'pipeline-front-door',
      'From outside the pipeline is its index.ts: a stage run on its own would leave out the others.',
      { path: '^src/', pathNot: ['^src/pipeline/', ASSEMBLY] },
      { path: '^src/pipeline/', pathNot: '^src/pipeline/index\\.ts$' },
    ),
    forbid(
      'doors-through-pipeline',
      'A door that takes calls reaches features only through the pipeline: there every call is audited, limited and metered.',
      { path: '^src/api/(openai|anthropic|analyze)/' },
      { path: '^src/features/' },
    ),
    forbid(
      'providers-behind-pipeline',
      'Only the pipeline calls a provider: anything else would spend money past audit and budget.',
      { path: '^src/', pathNot: ['^src/pipeline/', '^src/features/providers/', ASSEMBLY] },
      { path: '^src/features/providers/' },
    ),

    forbid(
      'plain-files-are-plain',
      'A file without a role suffix is plain TypeScript, testable in microseconds: no framework (its types are fine).',
      { path: PLAIN_FILE, pathNot: [ENTRY_POINT, '^src/api/http/'] }, // api/http puts the server together
      { path: FRAMEWORK, dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'storage-has-a-role',
      'Database, cache and queue are touched by platform and by files that say so (.store, .service, .entity), not in passing.',
      { path: PLAIN_FILE, pathNot: ['^src/platform/', ENTRY_POINT] },
      { path: STORAGE, dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'known-roles',
      `A suffix is a role that the framework gives (${ROLES.replaceAll('|', ', ')}); otherwise use a hyphen.`,
      { path: '^src/.*\\.[^/]+\\.ts$', pathNot: `\\.(${ROLES})\\.ts$` },
      {},
    ),
    forbid(
      'http-only-at-the-door',
      'Only the doors, the entry points and the log know HTTP: a job or an eval has no request.',
      { path: '^src/', pathNot: ['^src/api/', ENTRY_POINT, '^src/platform/(observability|lifecycle)/'] },
      { path: HTTP_SERVER },
    ),
    forbid(
      'vocabulary-is-pure',
      'contract and dialects are pure functions: no package (the types a vendor publishes are fine), no file, no network.',
      { path: '^src/(contract|dialects)/' },
      {
        path: ['node_modules/', '^(node:)?(fs|net|http|https|child_process|worker_threads)(/|$)'],
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid(
      'auditor-stands-alone',
      'The verifier proves the log without trusting the gateway: it imports only the format of the log and the vocabulary.',
      { path: AUDITOR },
      {
        path: ['^src/', 'node_modules/', '^(node:)?(net|http|https|http2|tls|dns|dgram|child_process)(/|$)'],
        pathNot: ['^src/contract/', '^src/features/audit/(format|verifier)/'],
      },
    ),
    forbid(
      'witness-stands-alone',
      'The witness runs far from the gateway and trusts nothing of it: it knows HTTP and the format of the log.',
      { path: WITNESS },
      {
        path: ['^src/', 'node_modules/', '^(node:)?(https|http2|tls|dns|dgram|child_process)(/|$)'],
        pathNot: ['^src/contract/', '^src/features/audit/(format|witness)/', 'node_modules/@types/node/'],
      },
    ),
    forbid(
      'migrations-stand-alone',
      'A migration is history: what it imported from src would change under it.',
      { path: '^migrations/' },
      { pathNot: 'node_modules/typeorm/' },
    ),

    forbid(
      'no-junk-drawers',
      'Name a file after what it does; utils, helpers, common, shared and misc say nothing.',
      {},
      { path: '/(util|utils|helper|helpers|common|shared|misc)(/|[.]|-)', pathNot: 'node_modules/' },
    ),
    forbid(
      'no-cycles',
      'A cycle has no top and no bottom. (Entities that relate to each other are one by nature.)',
      { path: '^src/' },
      { circular: true, viaOnly: { pathNot: '\\.entity\\.ts$' } },
    ),
    forbid(
      'no-dead-files',
      'No entry point leads to this file: nothing runs it.',
      { path: ENTRY_POINT },
      { path: '^src/', pathNot: ENTRY_POINT, reachable: false },
    ),
    forbid(
      'no-orphans',
      'A file that imports nothing and is imported by nothing is dead.',
      { orphan: true, path: '^src/', pathNot: ENTRY_POINT },
      {},
    ),
    forbid(
      'production-only',
      'src runs without tests and tools: neither they nor the packages only they need are in the image.',
      { path: '^src/' },
      { path: '^(test|tools|bench|console|migrations)/' },
    ),
    forbid(
      'declared',
      'Every package is one of the dependencies in package.json: others are there by chance.',
      { path: '^(src|migrations)/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'undetermined'], dependencyTypesNot: ['type-only'] },
    ),
    forbid('resolvable', 'The import leads nowhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.(spec|type-spec)\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
