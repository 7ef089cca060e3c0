/** No line of a program needs more to be known for one; this also bounds what a line costs. */
const LOOKED_AT = 200;
const ENDS = /[{}]$|=>$|\w\([^()]*\)\s?[;:]$|=[^=;]*;$/;
const BEGINS =
  /^(?:#include|#!\/|\/\/|\/\*|@@ |\$ [a-z]|>>> |<\/?[a-z][\w-]{0,30}[ >/]|(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER) [\w*])/;
const KEYWORD =
  /^(?:import|export|from|package|using|public|private|protected|static|def|class|func|fn|function|const|let|var|return|elif|else|if|for|while|switch|case|async|await)\b/;
/** What prose that begins with such a word does not hold. */
const SIGNS = /[={}[\];<>`]|\w\([^()]*\)|^(?:import|from|package|using) [\w.]+$/;

/** Whether a line looks like one of a program rather than of prose. @param line without the blanks around it */
export function isCodeLine(line: string): boolean {
  const text = line.length > LOOKED_AT ? line.slice(0, LOOKED_AT) : line;
  return ENDS.test(text) || BEGINS.test(text) || (KEYWORD.test(text) && SIGNS.test(text));
}
