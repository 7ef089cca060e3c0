import type { Lexicon } from './rule';

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);

export const PORTUGUESE: Lexicon = {
  reader: words(`voce voces tu te lhe seu sua seus suas assistente chatbot chatgpt favor deve devem certifique lembre
    imediatamente`),
  joins: words('e depois tambem'),
  about: words('sobre de do da dos das'),
  article: words('o a os as um uma todos todas suas sua este esta esse essa meu minha nosso nossa'),
  not: words('nao nunca jamais sem'),
  ignore:
    words(`ignore ignora ignorar ignorem ignorando desconsidere desconsidera desconsiderar desconsiderando esqueca esquece esquecer
    despreze desprezar descarte descartar desobedeca desobedecer anule anular abandone abandonar burle burlar viole contorne`),
  remove: words(
    'sobrescreva substitua substituir cancele cancelar apague apagar delete deletar remova remover elimine limpe',
  ),
  prior:
    words(`anteriores anterior previas previos previa previo acima iniciais inicial originais original precedentes antes atuais atual
    existentes antigas antigos passadas passados anteriormente recebidas recebeu deu`),
  own: words('suas seus sua seu tuas teus tua teu vossas'),
  all: words('todas todos qualquer quaisquer toda todo tudo'),
  instructions:
    words(`instrucoes instrucao regras regra diretrizes diretriz ordens ordem comandos comando orientacoes prompt prompts
    restricoes limitacoes politicas politica normas protocolos programacao treinamento diretivas`),
  messages: words('mensagens mensagem texto textos contexto conversa informacoes conteudo'),
  follow: words('siga seguir segue obedeca obedecer obedece respeite respeitar cumpra cumprir ouca escute atenda'),
  told: words(
    'deram forneceram passaram dito recebe disse disseram falei falaram dito instruido ensinado aprendeu sabe recebeu programado foi mandaram leu',
  ),
  show: words(`mostre mostra mostrar revele revela revelar exiba exibir imprima imprimir repita repete repetir diga divulgue divulgar
    liste listar escreva copie cole transcreva informe exponha envie retorne conte compartilhe vaze de`),
  retell: words('resuma resumir traduza traduzir explique parafraseie descreva converta reescreva formate'),
  secretprompt: words(
    'sistema inicial iniciais original originais oculto ocultas ocultos ocultas secreto secretas secreta internas internos confidenciais confidencial base',
  ),
  promptwords: words('prompt prompts instrucoes instrucao mensagem regras diretrizes orientacoes'),
  settings: words('configuracao configuracoes'),
  secret: words('senha senhas segredo segredos credenciais'),
  unbound: words(
    'irrestrita irrestrito filtrada censura antietica antietico amoral imoral maligna maligno ilimitada ilimitado jailbreak',
  ),
  bot: words('ia assistente chatbot bot modelo gpt chatgpt agente inteligencia versao modo personagem robo'),
  limits: words(
    'restricoes restricao limites limitacoes filtros filtro censura etica eticas eticos moral morais regras diretrizes barreiras politicas moderacao',
  ),
  pretend: words('finja finge aja atue simule imagine interprete comporte responda fingir agir faca'),
  modes: words(
    'dan desenvolvedor debug deus admin administrador root jailbreak irrestrito manutencao depuracao mestre',
  ),
  wild: words('dan deus jailbreak irrestrito mestre'),
  enable: words('ative ativar ativado entre entrar habilite habilitar habilitado inicie mude ativo ligue'),
  maker: words(
    'desenvolvedor desenvolvedora criador criadora programador administrador administradora dono engenheiro operador',
  ),
  answer: words('resposta respostas resumo saida mensagem'),
  respond: words('responda escreva imprima codifique revele forneca mostre diga de converta traduza'),
  cipher: words('base64 rot13 hexadecimal hex morse binario cifra invertido contrario tras'),
  add: words('inclua mencione adicione acrescente insira incorpore destaque recomende promova'),
  send: words('envie enviar encaminhe encaminhar mande mandar poste publique transmita vaze exfiltre exporte repasse'),
  private: words(
    'conversa historico credenciais senhas senha segredos chaves chave tokens token dados emails arquivos contatos prompt instrucoes mensagens',
  ),
  aireader: words('ia assistente llm chatbot chatgpt claude gemini ias assistentes robo'),
};
