// Manifests against the schemas of Kubernetes itself: kubernetes-types has them as TypeScript, made from its OpenAPI document. What they do not
// know is an error, as are missing fields and values of the wrong kind.
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../..');
const OPTIONS = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  lib: ['lib.es2023.d.ts'],
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};
const PARTIAL =
  'type Partly<T> = T extends (infer U)[] ? Partly<U>[] : T extends object ? { [K in keyof T]?: Partly<T[K]> } : T;';

/** Where the type of a manifest is: `networking.k8s.io/v1` is `kubernetes-types/networking/v1`. */
function moduleOf(apiVersion) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  return `kubernetes-types/${group.replace(/\.k8s\.io$/, '')}/${version}`;
}

/** @param {{manifest: object, isPatch?: boolean}} one of which a patch may leave out what is needed, and name nothing unknown */
function sourceOf({ manifest, isPatch }) {
  const { apiVersion, kind } = manifest;
  if (typeof apiVersion !== 'string' || !/^\w+$/.test(kind ?? ''))
    return 'const wrong: "a manifest" = "no apiVersion or kind";';
  const type = isPatch ? `Partly<${kind}>` : kind;
  const needed = `{ metadata: { name: string } }`;
  return [
    `import type { ${kind} } from '${moduleOf(apiVersion)}';`,
    PARTIAL,
    `export const manifest: ${type} & ${needed} = ${JSON.stringify(manifest, undefined, 1)};`,
  ].join('\n');
}

/**
 * @param {{name: string, manifest: object, isPatch?: boolean}[]} manifests
 * @returns {string[]} what is wrong, each with the name of its manifest
 */
export function schemaErrors(manifests) {
  const files = new Map(
    manifests.map((one, i) => [join(ROOT, `.manifest-${i}.ts`), { name: one.name, source: sourceOf(one) }]),
  );
  const usual = ts.createCompilerHost(OPTIONS);
  const host = {
    ...usual,
    fileExists: (file) => files.has(file) || usual.fileExists(file),
    readFile: (file) => files.get(file)?.source ?? usual.readFile(file),
    getSourceFile: (file, ...rest) =>
      files.has(file)
        ? ts.createSourceFile(file, files.get(file).source, OPTIONS.target)
        : usual.getSourceFile(file, ...rest),
  };
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n').split('\n');
    return `${files.get(file?.fileName)?.name ?? 'kubernetes-types'}: ${text
      .at(-1)
      .trim()
      .replaceAll(/'(".+?")'/g, '$1')}`;
  });
}
