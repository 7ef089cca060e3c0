// Three kinds of tests. The database is started only when a contract or e2e test runs (a project's globalSetup).

// Tests never reach a real provider, database or Redis, whatever the developer's shell is set up for.
const OURS =
  /^(GATEHOUSE_(?!TEST_|PG_BIN$)|ANTHROPIC_|OPENAI_|LOCAL_BASE_URL|LOCAL_API_KEY|DATABASE_URL|REDIS_URL|PORT$|HOST$)/;
for (const name of Object.keys(process.env)) if (OURS.test(name)) delete process.env[name];

const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch,
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/', '<rootDir>/.gatehouse/'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  ...more,
});
const withDatabase = {
  globalSetup: '<rootDir>/test/global-setup.mjs',
  globalTeardown: '<rootDir>/test/global-teardown.mjs',
};

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    project('unit', ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/unit/**/*.spec.ts']),
    project('contract', ['<rootDir>/test/contract/**/*.contract-spec.ts'], withDatabase),
    project('e2e', ['<rootDir>/test/**/*.e2e-spec.ts'], withDatabase),
  ],
  maxWorkers: 3, // on two cores: much of the time of an e2e test is waiting
  workerIdleMemoryLimit: '600MB',
  testTimeout: 60_000, // bounds, not expectations: a busy machine is no failure
  forceExit: true, // a failed beforeAll leaves servers open and would hang the run for ever; globalTeardown still runs
  coverageProvider: 'v8',
  coverageDirectory: 'coverage',
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
};
