import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';

const { youngClosures } = require('../../tools/young-closures.cjs') as { youngClosures(script: string): string };

const MADE_IN_A_CALL = `
  class Call {
    constructor(text) { this.restore = () => text; }
  }
  const query = {};
  query.callback = function (answer) { return answer; };
  print(isYoung(new Call('a').restore), isYoung(query.callback));`;

/** What V8 says of each closure, in a process of its own. */
function ages(script: string): string {
  const asked = `const print = console.log, isYoung = new Function('it', 'return %InYoungGeneration(it)'); ${script}`;
  return execFileSync(process.execPath, ['--allow-natives-syntax', '--eval', asked], {
    encoding: 'utf8',
    env: {},
  }).trim();
}

describe('closures that are assigned to properties', () => {
  it('are old at birth, and young in the bundle', () => {
    expect(ages(MADE_IN_A_CALL)).toBe('false false'); // if this changes, the step of the bundler is not needed any more
    expect(ages(youngClosures(MADE_IN_A_CALL))).toBe('true true');
  });

  it.each([
    ['a.b = () => c.d = () => 1; a.b()() + 1', 2],
    ['a.b = a.c = function () { return this === a ? 3 : 0; }; a.c()', 3],
    ['a.b = class { static f = () => 4 }; a.b.f()', 4],
    ['a.b ??= () => 5; a.b()', 5],
    ['a["b"] = async () => 6; typeof a.b().then', 'function'],
    ['a.b = () => 7; String(a.b)', '() => 7'],
    ['a.b = () => {}; a.b.name', ''],
  ])('do what they did: %s', (script, result) => {
    const run = (text: string): unknown => runInNewContext(text, { a: {}, c: {} });
    expect(run(script)).toBe(result);
    expect(run(youngClosures(script))).toBe(result);
  });

  it('stay on their lines', () => {
    const script = 'a.b = () => {\n  c.d =\n    function () {};\n};\nthrow 1;';
    const lines = (text: string): string[] => text.split('\n');
    expect(youngClosures(script)).toBe('a.b = (0, () => {\n  c.d =\n    (0, function () {});\n});\nthrow 1;');
    expect(lines(youngClosures(script))).toHaveLength(lines(script).length);
  });
});
