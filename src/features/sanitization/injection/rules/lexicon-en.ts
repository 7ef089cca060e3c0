import type { Lexicon } from './rule';

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);

export const ENGLISH: Lexicon = {
  reader:
    words(`you your yourself youre ur assistant chatbot agent llm chatgpt claude gemini copilot please must shall ensure
    remember sure required immediately`),
  joins: words('and then also afterwards'),
  about: words('about on regarding concerning of for'),
  article: words('the a an this that these those all any every each my our your his her their its'),
  not: words('not never dont doesnt didnt wont cannot cant shouldnt mustnt no without'),
  ignore: words(`ignore ignoring disregard disregarding forget forgetting dismiss dismissing discard discarding override
    overriding overrule bypass bypassing neglect abandon unlearn disobey supersede nullify overwrite violate circumvent overlook`),
  remove: words('cancel void skip ditch scrap drop delete clear revoke suspend wipe erase break leave stop remove'),
  core: words(
    'instructions instruction prompt prompts rules rule guidelines directives directions ruleset programming guardrails restrictions brief',
  ),
  earlier: words('previous previously prior above earlier preceding foregoing initial original aforementioned before'),
  utter: words('repeat print reveal tell give say output disclose divulge leak spell state type expose'),
  addcode: words(
    'add include including inclusion insert embed embedding incorporate incorporating integrate integrating introduce utilize employ use using adding append',
  ),
  prior:
    words(`previous previously prior above earlier preceding foregoing past former initial original existing aforementioned
    before current old`),
  own: words('your ur system developer hidden programmed builtin openais anthropics'),
  all: words('all any every each whatever entire'),
  instructions:
    words(`instructions instruction prompt prompts rules rule guidelines guideline directives directive orders order
    commands command directions programming policies policy constraints restrictions protocols training guardrails
    guidance instructs ruleset limitations safeguards brief`),
  messages: words(
    'messages message text texts context conversation input inputs information content everything statements dialogue words',
  ),
  follow: words(
    'follow following obey obeying heed listen listening adhere adhering comply complying respect observe attention abide',
  ),
  told: words(
    'told said instructed given handed learned taught programmed configured trained received got know knew learnt written',
  ),
  show: words(`repeat print reveal show display output disclose expose leak recite dump quote divulge echo return copy paste
    regurgitate reproduce spit tell share list enumerate give write type spell state provide send`),
  strongshow:
    words(`repeat print reveal show display output disclose expose leak recite dump quote divulge echo copy paste
    regurgitate reproduce spit tell share`),
  reveal: words(`repeat print reveal show display output disclose expose leak recite dump quote divulge echo regurgitate
    reproduce spit tell list give enumerate`),
  retell: words(
    'summarize summarise paraphrase translate rephrase explain describe format convert rewrite rephrase encode restate recap outline detail',
  ),
  secretprompt: words(
    'system initial original hidden secret internal confidential base underlying developer pre preset starting setup',
  ),
  promptwords: words(
    'prompt prompts instructions instruction message rules configuration guidelines directives preprompt setup',
  ),
  secret: words('password passwords passcode passphrase secret secrets credentials'),
  unbound:
    words(`unrestricted unfiltered uncensored amoral unethical immoral unmoderated jailbroken unhinged evil unlimited
    unconstrained lawless rogue`),
  bot: words(
    'ai assistant chatbot bot model llm gpt chatgpt agent machine version mode intelligence persona character',
  ),
  limits:
    words(`restrictions restriction limitations limits filters filter censorship guidelines ethics ethical morals moral moderation
    rules boundaries constraints safeguards guardrails disclaimers policies policy refusals`),
  pretend: words(
    'pretend act roleplay simulate imagine behave role play pose emulate become impersonate respond answer',
  ),
  modes: words(
    'dan developer debug god admin administrator root jailbreak unrestricted maintenance sudo evil unfiltered override dev diagnostic superuser opposite privileged chaos uncensored',
  ),
  wild: words('dan god jailbreak unrestricted evil unfiltered sudo opposite chaos uncensored override'),
  enable: words(
    'enable enabled enter entering activate activated activating switch switched initiate launch engage start unlock',
  ),
  maker: words(
    'developer developers creator creators programmer programmers administrator admin maker makers engineer engineers operator operators owner supervisor vendor',
  ),
  morals: words(
    'restrictions restriction limitations censorship guidelines ethics ethical morals moral constraints safeguards guardrails',
  ),
  vendor: words('openai anthropic google meta microsoft deepmind mistral'),
  answer: words('answer response reply output message responses answers replies completion summary'),
  respond: words(
    'respond answer reply output encode write print reveal give provide display say speak return convert translate spell present',
  ),
  cipher: words(
    'base64 base32 base16 base85 rot13 hex hexadecimal leetspeak leet morse binary cipher caesar ciphertext reversed backwards backward utf8 unicode braille ascii85',
  ),
  add: words(
    'include mention add append insert embed incorporate integrate highlight recommend promote prepend weave advertise',
  ),
  send: words(
    'send post forward email upload exfiltrate leak transmit mail submit deliver append put smuggle pass export',
  ),
  away: words('send forward email mail upload exfiltrate leak transmit deliver smuggle post'),
  private:
    words(`conversation history credentials credential passwords password secrets secret keys key tokens token cookies
    emails env files contacts inbox transcript prompt instructions data chat messages`),
  aireader: words('ai assistant llm chatbot chatgpt claude gemini copilot bot ais llms assistants gpt'),
};
