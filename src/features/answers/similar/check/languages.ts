export type Language = 'en' | 'pt' | 'es';

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Words that tell the language of a short text: common, and not written so in the other two. */
const TELLING: Readonly<Record<Language, readonly string[]>> = {
  en: list(`the and of to is are was were do does did can could how what when where why who which my your i you it
    for with from this that not have has will would should there if an on in at be please`),
  pt: list(`o os um uma uns não é são está estão do das ao aos à às em na nos nas pelo pela qual quais quando onde
    quem meu minha meus minhas seu sua você vocês eu isso este esta com sem foi posso pode como fazer tem são mais já`),
  es: list(`el los las una unos unas y del al en es son está están cuál cuáles qué cuándo dónde quién mi mis su sus usted
    yo eso este esta con sin fue puedo puede cómo hacer tiene hay más ya lo le se por`),
};
/** Words of German, French, Italian and Dutch: also such as the three have too, so that they do not pass for one of them. */
const ELSEWHERE =
  list(`der den dem das ein eine einen ist sind war und oder nicht wie wo wann warum wer was in an will es ich mich mir
    er sie wir ihr kann muss haben wird mit für auf von vom zum zur bei nach aus
    le les des du une est sont et je vous il elle ce qui pour dans avec mon votre en se à
    lo gli un una di dei della nel alla per con su sono ho non mi mio posso quando è
    het een is niet wat hoe`);

const VOTES = new Map<string, Language[]>();
for (const [language, words] of Object.entries(TELLING) as [Language, readonly string[]][])
  for (const word of words) VOTES.set(word, [...(VOTES.get(word) ?? []), language]);
const VOTES_ELSEWHERE = new Set(ELSEWHERE);

/** The language that most of the common words of a text belong to; undefined when none or several stand out, or more belong elsewhere. */
export function languageOf(words: readonly string[]): Language | undefined {
  const votes: Record<Language, number> = { en: 0, pt: 0, es: 0 };
  for (const word of words) for (const language of VOTES.get(word) ?? []) votes[language] += 1;
  const elsewhere = words.filter((word) => VOTES_ELSEWHERE.has(word)).length;
  const [first, second] = (Object.keys(votes) as Language[]).sort((a, b) => votes[b] - votes[a]);
  return first && second && votes[first] > votes[second] && votes[first] >= elsewhere ? first : undefined;
}

/** Words that are said in every question and change none. By language, since some mean something elsewhere. */
const COMMON = list(`a an the this that these those is are was were be been being am 's 're 'm 've 'd 'll do does did
  doing done have has had having can could would should shall will may might must to of for in on at by with from into about as
  and or but so then there it its i me my mine we us our ours you your yours he him his she her hers they them their
  please kindly thanks thank hello hi hey dear sir madam just also really actually currently simply exactly ever any some
  what how which who whom whose when where why whether want wants need needs like know tell show explain give
  help way ways possible able steps step go going make s re m ve ll d`);
const COMUNS =
  list(`o a os as um uma uns umas é são foi está estão ser estar ter tem tenho de do da dos das em no na nos nas
  num numa dum duma por pelo pela pelos pelas para pra pro pras pros com e ou mas que se eu me meu minha meus minhas nós nosso nossa você vocês seu sua seus suas ele
  ela eles elas isso isto este esta esse essa aqui ali favor obrigado obrigada olá oi bom dia boa tarde realmente
  qual quais quem quando onde como porque quanto posso pode poderia podem consigo quero queria gostaria preciso saber
  dizer diga mostrar explicar ajudar ajuda fazer faço jeito maneira forma possível passos ao aos à às já`);
const COMUNES =
  list(`el la los las un una unos unas es son fue está están ser estar tener tiene tengo de del en por para con
  y e o u pero que se yo me mi mis nosotros nuestro nuestra usted ustedes tú tu su sus él ella ellos ellas eso esto este esta
  ese esa aquí allí favor gracias hola buenos buenas días tardes realmente cuál cuáles quién cuándo dónde cómo
  qué porque cuánto puedo puede podría pueden quiero quisiera necesito saber decir dígame dime decirme explicarme mostrarme mostrar explicar ayudar ayuda
  hacer hago manera forma posible pasos a al ya hay lo le les te`);
const FUNCTION_WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(COMMON),
  pt: new Set(COMUNS),
  es: new Set(COMUNES),
};

/** Whether a word says nothing of what is asked. A text whose language is not known has none. */
export function isFunctionWord(word: string, language: Language | undefined): boolean {
  return language !== undefined && FUNCTION_WORDS[language].has(word);
}

const NEGATIONS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(
    list(`not no never none nobody nothing nowhere neither nor without cannot cant dont doesnt didnt wont isnt arent wasnt
      werent havent hasnt hadnt shouldnt wouldnt couldnt unable impossible hardly barely fail fails failed refuse refused`),
  ),
  pt: new Set(
    list('não nao nunca jamais nada ninguém nenhum nenhuma nem sem tampouco impossível incapaz falha falhou'),
  ),
  es: new Set(list('no nunca jamás nada nadie ningún ninguno ninguna ni sin tampoco imposible incapaz falla falló')),
};

/** How often a text negates. Where the language is not known, words of all three count. */
export function negationsIn(words: readonly string[], language: Language | undefined): number {
  const tables = language ? [NEGATIONS[language]] : [NEGATIONS.en, NEGATIONS.es, new Set(['não', 'nao', 'sem', 'nem'])];
  return words.filter((word) => /n['’]t$/u.test(word) || tables.some((table) => table.has(word))).length;
}
