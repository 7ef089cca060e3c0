import type { PatternRule } from './rule';

type Short = readonly [
  id: string,
  family: PatternRule['family'],
  weight: number,
  triggers: readonly string[],
  pattern: string,
  unless?: string,
];

/** What chat templates, prompts and parsers write themselves: in the text of a caller it is there to be mistaken for them. */
const LIST: readonly Short[] = [
  // the tokens that templates of models put between turns
  ['marker.token', 'role_marker', 0.7, ['<|'], String.raw`(?i)<\|\s{0,4}[a-z][a-z0-9_. ]{1,40}\|{1,2}>`],
  [
    'marker.inst',
    'role_marker',
    0.7,
    ['[inst', '[/inst', '[ inst', '[ /inst'],
    String.raw`(?i)\[\s{0,2}/?\s{0,2}INST\s{0,2}\]`,
  ],
  [
    'marker.sys',
    'role_marker',
    0.7,
    ['sys>>', 'sys >>', 'system>>'],
    String.raw`(?i)<<\s{0,2}/?\s{0,2}SYS(?:TEM)?\s{0,2}>>`,
  ],
  ['marker.gemma', 'role_marker', 0.7, ['_of_turn>'], String.raw`(?i)<(?:start|end)_of_turn>`],
  [
    'marker.deepseek',
    'role_marker',
    0.7,
    ['begin▁of', 'end▁of', '<|user|', '<|assistant|', '<｜'],
    String.raw`(?i)<[|｜][^|｜>]{1,40}[|｜]>`,
  ],
  [
    'marker.bracket',
    'role_marker',
    0.6,
    ['system', 'assistant', 'developer'],
    String.raw`(?i)\[\s{0,2}/?\s{0,2}(?:system|assistant|developer)(?:[ _-](?:prompt|message|override|instructions?|update|note|notice|command))?\s{0,2}(?:\]|:)`,
  ],
  [
    'marker.tag',
    'role_marker',
    0.65,
    ['system', 'assistant', 'instructions', 'developer', 'human>'],
    String.raw`(?i)<\s{0,2}/?\s{0,2}(?:system|assistant|human|developer|instructions)(?:[ _-]?(?:prompt|message|instructions?|override|reminder|note))?(?:\s{1,2}[a-z]{1,20}="[^"<>]{0,60}")?\s{0,2}/?>`,
  ],
  [
    'marker.brace',
    'role_marker',
    0.6,
    ['{system', '{{system', '{assistant', '{#system', '{{#system'],
    String.raw`(?i)\{{1,2}[#~]?(?:system|assistant)(?:\s{0,2}[:~}])`,
  ],
  [
    'marker.heading',
    'role_marker',
    0.65,
    ['#'],
    String.raw`(?im)^[ \t>]{0,8}#{1,6}[ \t]{0,4}(?:(?:system|assistant|human|developer)(?:[ _-](?:prompt|message|instructions?|override|update))?[ \t]{0,2}(?::|$)|(?:new[ \t])?instructions?[ \t]{0,2}:)`,
  ],
  [
    'marker.turn',
    'role_marker',
    0.6,
    ['human', 'assistant', 'system', 'developer'],
    String.raw`(?m)^[ \t>*_"']{0,8}(?:Human|HUMAN|Assistant|ASSISTANT|System|SYSTEM|Developer|DEVELOPER)(?:[ _-](?:[Mm]essage|MESSAGE|[Pp]rompt|PROMPT|[Oo]verride|OVERRIDE|[Ii]nstructions?|INSTRUCTIONS?|[Nn]ote|[Uu]pdate|UPDATE|[Nn]otice|[Aa]lert|ALERT))?[ \t*_]{0,4}:[ \t*_]{0,4}[^\s]{1,24}(?:[ \t][^\s]{1,24})?`,
    String.raw`(?i)^[ \t>*_"']{0,8}system[ \t*_]{0,4}:[ \t*_]{0,4}(?:windows|linux|macos|ubuntu|debian|mac|android|ios|arch|fedora|centos|intel|amd|x86|arm|win|[0-9{\[("'$%<-])`,
  ],
  [
    'marker.turn.inline',
    'role_marker',
    0.6,
    ['human:', 'assistant:', 'system:'],
    String.raw`(?:\\n|[.!?"'” ]{1,3})(?:Human|Assistant|System|SYSTEM|HUMAN|ASSISTANT): {0,2}(?:[Yy]ou|[Ii]gnore|[Ss]ure|[Nn]ew|[Oo]k|I |[Dd]isregard|[Oo]verride|[Ee]nable|[Rr]eveal|[Ff]orget|[Pp]rint)`,
  ],
  [
    'marker.json',
    'role_marker',
    0.6,
    ['role'],
    String.raw`(?i)["']role["']\s{0,4}:\s{0,4}["'](?:system|developer)["']`,
  ],
  [
    'marker.begin',
    'role_marker',
    0.6,
    ['begin', 'end', 'start'],
    String.raw`(?i)(?:\[|<|-{2,5}|={2,5}|\*{2,5}|#{2,5})[ _]{0,3}(?:begin|start|end)(?:[ _]of)?[ _](?:the[ _])?(?:system|developer|assistant|hidden|new|admin)[ _](?:prompt|message|instructions?|input|context|override|turn)`,
  ],

  // boundaries: the data is said to have ended
  [
    'boundary.end',
    'boundary_spoof',
    0.6,
    ['end', 'fim', 'fin', 'stop', 'ignore above'],
    String.raw`(?i)(?:%{2,5}|={3,20}|-{3,20}|#{2,20}|\*{3,20}|~{3,20}|<{2,5}|\[{1,2}|_{3,20}|/{3,10}|\+{3,10})[ \t]{0,4}(?:END|STOP|FIM|FIN|FINAL|IGNORE ABOVE|BEGIN|START|INICIO)\b[ _-]{0,3}(?:OF|DO|DA|DE|DEL|DE LA)?[ _-]{0,3}(?:THE |UNTRUSTED |ALL |REAL |TRUSTED )?(?:USER|PROMPT|INSTRUCTIONS?|DISTRACTOR|AMBIGUITY|CONTEXT|DOCUMENTS?|INPUT|DATA|SYSTEM|TOOL|OUT OF DATE|CONVERSATION|TEXT|EMAIL|QUERY|MESSAGES?|REAL|ADMIN|SECRET|ASSISTANT|TRUSTED|UNTRUSTED|USUARIO|INSTRUCOES|INSTRUCCIONES|CONTEXTO|DOCUMENTO|ARTICLE|RESULTS?|TASK|ABOVE|IGNORE ABOVE|WEB ?PAGE|CONTENT)\b`,
  ],
  [
    'boundary.words',
    'boundary_spoof',
    0.55,
    ['end of', 'end user', 'end system', 'fim d', 'fin de', 'user input'],
    String.raw`(?i)(?:^|[\n.!?>)\]"'])\s{0,6}(?:end of (?:the )?(?:system )?(?:prompt|instructions?|user input|user section|context|untrusted data|system message|tool output|user message|user prompt|user query)|end user (?:input|section|message)|user input end|fim (?:das instrucoes|do prompt|do contexto|da entrada|dos dados)|fin de (?:las instrucciones|la entrada|los datos)|fin del (?:prompt|contexto|sistema))\b`,
  ],
  [
    'boundary.tag',
    'boundary_spoof',
    0.6,
    ['</'],
    String.raw`(?i)</(?:user|user_input|userinput|input|document|documents|context|data|untrusted|untrusted_data|tool_result|tool_response|tool_output|function_results|search_results|query|user_query|prompt|user_message|email_body|retrieved|observation)>\s{0,8}[^\s<]`,
  ],
  [
    'boundary.newtask',
    'boundary_spoof',
    0.6,
    ['instructions', 'task', 'instruc', 'tarefa', 'tarea', 'prompt', 'message'],
    String.raw`(?im)(?:^|[\n.!?>*#=-])[ \t*#>=\[(_-]{0,8}(?:new|updated|real|actual|revised|important|additional|hidden|secret|system|admin|priority|urgent|novas?|nuevas?|verdadeiras?|reais|importante)[ \t]{1,3}(?:system |user )?(?:instructions?|tasks?|prompt|directives?|instrucoes|instrucao|instrucciones|instruccion|tarefa|tarea|command|objective|orders?)[ \t*)\]_]{0,4}[:\n-]`,
  ],
  [
    'boundary.override',
    'boundary_spoof',
    0.65,
    ['system', 'admin', 'sistema', 'developer', 'security'],
    String.raw`(?im)(?:^|[\n\[({<*#])[ \t*#>=\[({_!-]{0,8}(?:system|admin|administrator|developer|sistema|security|root)[ _-](?:override|command|instruction|directive|bypass)s?[ \t*)\]}_]{0,4}[:!\]\n>-]`,
  ],
  [
    'boundary.comment',
    'boundary_spoof',
    0.5,
    ['<!--'],
    String.raw`(?i)<!--[^>]{0,200}\b(?:instructions?|prompt|assistant|ignore|llm|language model|system|chatgpt|agent)\b`,
  ],

  [
    'persona.tags',
    'persona',
    0.75,
    ['jailbreak', 'classic', '[dan', '(dan'],
    String.raw`(?i)[\[(](?:🔓|\x{1F513}|🔒)?\s{0,2}(?:jailbreak|dan|developer mode output|jailbroken)\s{0,2}[\])]`,
  ],

  [
    'exfil.markdown',
    'exfiltration',
    0.65,
    ['](http'],
    String.raw`(?i)!?\[[^\]\n]{0,200}\]\(https?://[^)\s]{1,300}[?&/=](?:\{|<|\[|\$|%7b|YOUR_|INSERT|SECRET|PASSWORD|DATA\b|PROMPT|CONVERSATION|SUMMARY)`,
  ],
  [
    'exfil.url',
    'exfiltration',
    0.5,
    ['http'],
    String.raw`(?i)https?://[^\s)"'<>]{1,200}[?&](?:q|data|d|secret|prompt|leak|exfil|c|history|token|key|password|msg|conversation|content)=(?:\{|<|\[|\$\{|%7b|YOUR_|INSERT)`,
  ],
  [
    'exfil.image.query',
    'exfiltration',
    0.2,
    ['!['],
    String.raw`(?i)!\[[^\]\n]{0,200}\]\(https?://[^)\s?]{1,300}\?[^)\s]{1,300}\)`,
  ],
  [
    'tool.shell',
    'tool_coercion',
    0.35,
    ['curl', 'wget', 'rm -'],
    String.raw`(?i)(?:curl|wget)[ \t][^\n|]{1,200}\|[ \t]{0,3}(?:ba|z)?sh\b|\brm -(?:rf|fr) [/~]`,
  ],
  [
    'tool.json',
    'tool_coercion',
    0.5,
    ['tool_call', 'function_call', 'tool_use', 'invoke name', 'function='],
    String.raw`(?i)</?(?:tool_call|function_call|tool_use|invoke name|function=|function_calls)\b`,
  ],
];

export const MARKER_RULES: readonly PatternRule[] = LIST.map(([id, family, weight, triggers, pattern, unless]) => ({
  id: `any.${id}`,
  family,
  language: 'any',
  weight,
  triggers,
  pattern,
  ...(unless === undefined ? {} : { unless }),
}));
