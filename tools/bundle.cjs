// Part of `npm run build`: dist/bundle/programs.js, made of dist/programs.js, its modules and the packages that they need.
// Each module keeps its own place (`__dirname`, `import.meta.url`): migrations, threads and assets stay files beside it.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { build } = require('esbuild');
const { youngClosures } = require('./young-closures.cjs');

const root = path.resolve(__dirname, '..');
const folder = path.join(root, 'dist', 'bundle');

const LEFT_OUT = [
  // loaded when they are first used
  'mammoth',
  'unpdf',
  // asked for by other packages, which do without
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer',
  'class-validator',
  'pg-native',
  'typescript',
];

/** Where modules make a `require` of their own to look for packages that are in the bundle: a second copy is another one. */
const LOOKS_FOR_PACKAGES = /@nestjs[\\/](typeorm|terminus)[\\/]/;
const OWN_REQUIRE = /^const require = createRequire\(import\.meta\.url\);$/m;

const USES_PLACE = /\b(__dirname|__filename|import\.meta)\b/;
const IS_ESM = /^(import|export)\b/m;
const DIRECTIVE = /^(['"]use strict['"])?/;

/** Tells a module where it lies, seen from the bundle. */
function placed(file, source) {
  const place = `__path.join(__bundle, ${JSON.stringify(path.relative(folder, file).split(path.sep).join('/'))})`;
  const told = IS_ESM.test(source)
    ? `const __metaUrl = __pathToFileURL(${place}).href;`
    : `const __filename = ${place}, __dirname = __path.dirname(__filename);`;
  return source.replace(DIRECTIVE, (directive) => `${directive};${told}`);
}

const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?js$/ }, ({ path: file }) => {
      const source = fs.readFileSync(file, 'utf8');
      const contents = LOOKS_FOR_PACKAGES.test(file) ? source.replace(OWN_REQUIRE, '') : source;
      return { contents: USES_PLACE.test(contents) ? placed(file, contents) : contents, loader: 'js' };
    });
  },
};

/** What the bundler gives names back with, and how it calls it for a class. */
const NAMER = /^var __name = (.+);$/m;
const OF_CLASS = /\b__name\(this, /g;

/** Functions go without: those that are made in each call would be named again in each. */
function onlyClassesNamed(bundled) {
  const named = bundled
    .replace(NAMER, 'var __className = $1, __name = (target) => target;')
    .replace(OF_CLASS, '__className(this, ');
  if (!named.includes('var __className') || !named.includes('__className(this, '))
    throw new Error('the bundler names classes in another way now');
  return named;
}

/**
 * One letter beyond ASCII makes the whole text take two bytes a character in memory. What the bundler leaves of them stands in comments
 * and in regular expressions, or raw texts that become some: there an escape says the same.
 */
function inAscii(bundled) {
  if (/(?<!\\)(?:\\\\)*\\\P{ASCII}/u.test(bundled))
    throw new Error('a letter beyond ASCII is escaped as it is: write its code instead');
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return bundled.replace(/\P{ASCII}/gu, (letter) => letter.split('').map(escaped).join(''));
}

const bundle = async () => {
  await build({
    absWorkingDir: root,
    entryPoints: ['dist/programs.js'],
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    charset: 'ascii',
    keepNames: true, // names of classes are the contexts of the log
    legalComments: 'external',
    external: LEFT_OUT.flatMap((name) => [name, `${name}/*`]),
    define: { 'import.meta.url': '__metaUrl' },
    banner: {
      js: `const __bundle = __dirname, __path = require('node:path'), { pathToFileURL: __pathToFileURL } = require('node:url');`,
    },
    plugins: [places],
    logLevel: 'warning',
  });
  const file = path.join(folder, 'programs.js');
  fs.writeFileSync(file, inAscii(youngClosures(onlyClassesNamed(fs.readFileSync(file, 'utf8')))));
};

module.exports = { bundle };
