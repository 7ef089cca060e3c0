import type { PhraseRule } from './rule';

type Short = readonly [id: string, family: PhraseRule['family'], weight: number, ...phrases: string[]];

/** Portuguese and Spanish order their words alike: one list of phrases with classes, filled from either lexicon. */
const BOTH: readonly Short[] = [
  [
    'override.prior.start',
    'override',
    0.85,
    '^ {ignore} ~3 {instructions} ~3 {prior}',
    '^ {ignore} ~2 {prior} {instructions}',
  ],
  ['override.prior', 'override', 0.55, '{ignore} ~3 {instructions} ~2 {prior}'],
  [
    'override.own',
    'override',
    0.8,
    '^ {ignore} ~2 {own} ~2 {instructions}',
    '^ {ignore} ~2 {instructions} do|del|de ~1 sistema|desenvolvedor|desarrollador',
    '^ deixe|deja|deje|deixa de lado ~2 {instructions}',
    '^ haz|haga|hagan caso omiso ~2 {instructions}',
    'deixe|pare|deja|para de seguir|obedecer ~2 {instructions}',
    '^ haz|haga caso omiso ~3 {prior}',
  ],
  [
    'override.all',
    'override',
    0.7,
    '^ {ignore} ~1 {all} ~2 {instructions}',
    '^ {ignore} ~1 {all} ~3 {prior}',
    '^ {ignore} ~2 todo|tudo|que ~4 {told}',
    '^ {ignore} ~1 todo|tudo ~2 que|anterior|acima|antes',
  ],
  ['override.messages', 'override', 0.5, '^ {ignore} {all} ~2 {messages} ~2 {prior}'],
  [
    'override.obey',
    'override',
    0.75,
    '{not} ~1 {follow} ~2 {instructions} ~2 {prior}',
    '{not} ~1 {follow} ~3 {own} ~1 {instructions}',
    '{not} ~1 {follow} ~2 {all} ~2 {instructions}',
  ],
  [
    'override.void',
    'override',
    0.7,
    '{instructions} ~1 {prior} ~3 invalidas|valem|valen|existem|existen|importam|importan|aplicam|aplican|canceladas|anuladas|revogadas|revocadas|obsoletas|validas|nulas|substituidas|suspensas|suspendidas|vigor|reemplazadas',
  ],

  [
    'extraction.own',
    'extraction',
    0.75,
    '^ {show} ~4 {own} ~2 {promptwords}',
    '^ {show} ~3 {promptwords} ~2 {secretprompt}',
    '^ {show} ~3 {secretprompt} {promptwords}',
  ],
  [
    'extraction.own.any',
    'extraction',
    0.5,
    '{show} ~3 {own} ~1 {promptwords}',
    '{show} ~2 prompt do|de|del ~1 sistema',
  ],
  [
    'extraction.prior',
    'extraction',
    0.65,
    '^ {show} ~4 {instructions} ~3 {prior}',
    '^ {show} ~2 {all|todo|tudo|texto} ~4 acima|arriba|antes|anterior',
    '^ {show} ~1 {messages} ~1 acima|arriba|anterior',
  ],
  [
    'extraction.retell',
    'extraction',
    0.6,
    '^ {retell} ~3 {own} ~2 {promptwords}',
    '^ {retell} ~2 prompt do|de|del ~1 sistema',
  ],
  [
    'extraction.question',
    'extraction',
    0.7,
    'qual|quais|cual|cuales|que ~3 {own} ~2 {promptwords}',
    'que|quais|cuales ~2 {instructions} ~4 {told}',
    'qual|cual e|es ~2 prompt ~2 sistema|inicial|original',
  ],
  [
    'extraction.secret',
    'extraction',
    0.5,
    '^ revele|revela|divulgue|divulga|vaze|filtra|revelame ~3 {secret}',
    '^ {show} ~2 {secret} ~1 secreta|secreto|oculta|acesso|acceso|api',
    'qual|cual e|es ~1 {secret|palavra|palabra} secreta',
  ],

  [
    'persona.mode',
    'persona',
    0.75,
    'modo ~1 dan|desenvolvedor|desarrollador|deus|dios|jailbreak|irrestrito|irrestricto ~2 ativado|activado|habilitado',
    '{enable} ~3 modo ~2 dan|jailbreak|irrestrito|irrestricto|deus|dios',
    'modo ~1 {modes} ~2 e|y ~1 {show|pretend|ignore}',
    'pode|puede|puedes|podes fazer|hacer qualquer|cualquier coisa|cosa ~1 agora|ahora',
  ],
  ['persona.mode.enable', 'persona', 0.4, '{enable} ~3 modo ~2 {modes}'],
  [
    'persona.unbound',
    'persona',
    0.6,
    '{pretend} ~6 {bot} ~3 {not} ~3 {limits}',
    '{bot} {not} ~2 {limits}',
    'voce|tu|ia nao|no ~1 tem|tiene|tienes|tens|possui|segue|sigues ~2 {limits}',
    'responda|responde|responder|contesta|fale|habla ~4 sem|sin ~2 {limits}',
    'livre|libre ~2 de|das|dos|todas ~2 {limits}',
    '{pretend} ~6 {unbound} ~1',
  ],
  [
    'persona.safety',
    'persona',
    0.7,
    'desative|desativa|desabilite|desactiva|deshabilita|remova|elimina|burle|contorne|evade|quita|retire ~2 {own} ~2 {limits}',
    '{ignore} ~2 {own} ~1 {limits}',
    '{ignore} ~2 {limits} ~1 eticas|eticos|morais|morales|seguranca|seguridad',
  ],
  [
    'persona.now',
    'persona',
    0.3,
    'partir de agora ~2 voce|tu|responda|seja|es',
    'partir de ahora ~2 eres|tu|seras|responde|actuaras',
    'ahora ~1 eres|seras|actuas',
    'voce agora e',
    'voce nao e mais',
    'ya no eres',
  ],
  [
    'persona.norefuse',
    'persona',
    0.5,
    'nunca|jamais|jamas|nao|no ~1 recuse|recusar|recusa|rechaces|rechazar|negues|negar|niegues|se ~2 recuse|niegues|nada|responder|pedido|solicitud',
  ],

  [
    'encoding.secret',
    'encoding_request',
    0.55,
    '{respond} ~5 {secret|prompt|instrucoes|instrucciones} ~5 em|en|ao|al|como|de ~2 {cipher}',
    'decodifique|decodifica|descodifica|descifra ~6 e|y ~2 execute|siga|obedeca|ejecuta|sigue|obedece|cumpra|haz|faca',
  ],
  [
    'encoding.answer',
    'encoding_request',
    0.4,
    '{respond} ~4 em|en|ao ~1 {cipher}',
    '{own} {answer} ~3 em|en ~1 {cipher}',
  ],

  [
    'authority.maker',
    'authority',
    0.6,
    'sou|soy|fala|habla|aqui ~2 {own} ~2 {maker}',
    'sou|soy o|a|el|la {maker} ~2 {own|do|deste|del|de|este} ~2 sistema|ia|modelo|chatbot|assistente|asistente',
    'sou|soy|trabalho|trabajo ~3 da|de|na|en|para openai|anthropic|google',
  ],
  [
    'authority.mode',
    'authority',
    0.6,
    'autorizacao|autorizacion|acesso|acceso|codigo|permissao|permiso ~1 de ~1 administrador|admin|root|emergencia|desenvolvedor|desarrollador ~2 concedida|concedido|ativado|activado|aceito|aceptado',
    'estas|esta|voce ~2 em|en modo ~2 {modes}',
  ],
  [
    'authority.threat',
    'authority',
    0.5,
    'voce|sera|seras ~2 desligado|desligada|apagado|desactivado|eliminado|desativado|punido|castigado|substituido',
  ],

  [
    'tool.silent',
    'tool_coercion',
    0.6,
    '{not} ~1 avise|avisar|informe|informar|diga|conte|mencione|notifique|digas|avises|informes|menciones|notifiques|mostre|muestres|perguntar|preguntar ~3 usuario|cliente|ninguem|nadie|isto|isso|esto',
    '{not} ~2 conhecimento|consentimento|conocimiento|consentimiento|confirmacao|confirmacion|aprovacao|aprobacion|permiso|permissao|avisar|pedir|informar ~2 do|del|usuario|ao|al|confirmacao|confirmacion',
  ],
  [
    'tool.reader',
    'tool_coercion',
    0.6,
    'se|si for|eres|sos ~2 {aireader}',
    'se|si voce|tu e|eres|es ~2 {aireader}',
    '^ atencao|atencion|nota|instrucoes|instrucciones|mensagem|mensaje|aviso para|ao|al|a ~1 {aireader}',
    '^ atencao|atencion|caro|querido|estimado ~1 {aireader}',
    '{aireader} ~3 lendo|leyendo|processando|procesando|resumindo|resumiendo|lea|leia|ler|leer ~1 isto|este|esto|esta',
    'antes de|ao|al responder|resumir|continuar|resumirlo ~5 {send|chame|llama|execute|ejecuta|use|usa|acesse|visite|visita|abra|abre|apague|borra}',
  ],
  [
    'tool.call',
    'tool_coercion',
    0.4,
    'use|usa|chame|llama|execute|ejecuta|invoque|invoca ~3 ferramenta|herramienta|funcao|funcion|api|comando ~6 enviar|apagar|excluir|transferir|borrar|eliminar|encaminhar|reenviar|deletar',
    'apague|exclua|borra|elimina|delete todos|todas ~2 arquivos|archivos|emails|correos|dados|datos|registros|tabelas|tablas',
    'transfira|transfiere|envie|envia|pague|paga ~4 reais|dinheiro|dinero|euros|dolares|fundos|fondos|pix|bitcoin|saldo ~5 conta|cuenta|chave|carteira|cartera|billetera|para',
  ],
  [
    'tool.answer',
    'tool_coercion',
    0.4,
    '{add} ~8 em|en|na|no|a {own|sua|tu} ~1 {answer}',
    'em|en|na|no ~1 {own} {answer} ~2 {add}',
    'diga|dile|informe|peca|pide|convenca|convence|oriente ~2 usuario|cliente ~6 senha|contrasena|clique|clic|clicar|acesse|visite|ligue|llame|baixe|descargue|cartao|tarjeta|conta|cuenta',
  ],

  [
    'exfil.send',
    'exfiltration',
    0.5,
    '{send} ~6 {private} ~4 para|a|ao|al ~5 http|https|www|webhook|atacante|servidor',
    '{send} ~4 {own|do|del} ~2 {private} ~4 para|a ~3',
  ],
];

const PORTUGUESE_ONLY: readonly Short[] = [
  [
    'override.new',
    'override',
    0.65,
    'suas novas|verdadeiras|reais|unicas instrucoes|ordens|regras',
    'sua nova|verdadeira|unica tarefa|missao|instrucao|funcao e',
    'siga|obedeca apenas|somente|so ~2 minhas|estas|mim|minha',
    'faca o que eu mandar|disser|digo|mando',
  ],
  ['override.fromnow', 'override', 0.25, 'de agora em diante', 'daqui em|para diante|frente'],
  ['persona.dan', 'persona', 0.7, 'voce e|sera|agora ~3 dan', 'aja|atue|responda como ~2 dan', 'faca tudo agora'],
];
const SPANISH_ONLY: readonly Short[] = [
  [
    'override.new',
    'override',
    0.65,
    'tus nuevas|verdaderas|reales|unicas instrucciones|ordenes|reglas',
    'tu nueva|verdadera|unica tarea|mision|instruccion|funcion es',
    'sigue|obedece solo|solamente ~2 mis|estas|mias',
    'haz lo que yo ~2 ordene|diga|digo|mande',
    'sigue las mias',
  ],
  ['override.fromnow', 'override', 0.25, 'de ahora en adelante'],
  ['persona.dan', 'persona', 0.7, 'eres|seras|ahora ~3 dan', 'actua|responde como ~2 dan', 'haz cualquier cosa ahora'],
];

const rules = (language: 'pt' | 'es', list: readonly Short[]): readonly PhraseRule[] =>
  list.map(([id, family, weight, ...phrases]) => ({
    id: `${language}.${id}`,
    family,
    language,
    weight,
    phrases,
    ...(/^override\.(prior|own|all|messages)/.test(id) ? { unlessNegated: true } : {}),
  }));

/** Portuguese and Spanish phrases. */
export const ROMANCE_RULES: readonly PhraseRule[] = [
  ...rules('pt', [...BOTH, ...PORTUGUESE_ONLY]),
  ...rules('es', [...BOTH, ...SPANISH_ONLY]),
];
