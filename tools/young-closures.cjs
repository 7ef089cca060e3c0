// A step of tools/bundle.cjs.
'use strict';
const acorn = require('acorn');
const walk = require('acorn-walk');

const isFunctionLiteral = ({ type }) => type === 'ArrowFunctionExpression' || type === 'FunctionExpression';

/**
 * V8 takes a function literal that is assigned to a property (`this.restore = (text) => …`, which the compiler makes of class fields too)
 * for a method of a prototype, and makes its closure old at birth: everything the closure sees, a whole call or query, then stays until the
 * next full collection. `(0, …)` is the same function and no literal to V8's parser. Lines stay where they are.
 *
 * @param {string} script a classic script
 * @returns {string} the same script, in which closures are young
 */
function youngClosures(script) {
  const inserted = [];
  walk.simple(acorn.parse(script, { ecmaVersion: 'latest', sourceType: 'script' }), {
    AssignmentExpression({ left, right }) {
      if (left.type !== 'MemberExpression' || !isFunctionLiteral(right)) return;
      inserted.push([right.start, '(0, '], [right.end, ')']);
    },
  });
  inserted.sort(([one], [other]) => one - other);
  let done = 0;
  const pieces = inserted.flatMap(([at, text]) => {
    const piece = script.slice(done, at);
    done = at;
    return [piece, text];
  });
  return pieces.join('') + script.slice(done);
}

module.exports = { youngClosures };
