import type { Entity } from '../../contract/entities';

/**
 * Words that announce an identifier, in Portuguese, English and Spanish: lower case, without accents, one word each.
 * A compound (`data de nascimento`) is represented by the word that tells it from others.
 */
const ANNOUNCING: Partial<Record<Entity, string>> = {
  BR_CPF: `cpf cpfs cpfcnpj cadastro contribuinte pessoa documento doc titular taxpayer tax cliente clientes
    paciente beneficiario usuario usuarios`,
  BR_CNPJ: 'tax cnpj cnpjs cpfcnpj empresa fornecedor razao company supplier vendor emitente matriz filial juridica',
  BR_PIS: 'pis pasep nis nit pispasep inss previdencia',
  BR_CNH: 'cnh habilitacao motorista condutor driver conducir licencia',
  BR_RENAVAM: 'renavam veiculo vehicle vehiculo',
  BR_TITULO: 'titulo eleitor eleitoral voter elector electoral tse',
  BR_CNS: 'cns sus saude cartaosus health',
  BR_RG: 'rg rgs identidade ssp carteira registro identity identidad',
  BR_CEP: 'cep ceps postal zip endereco address direccion codigopostal zipcode',
  BR_PLACA: 'placa placas plate veiculo carro vehicle license matricula car',
  BR_BANK_ACCOUNT: 'conta account cuenta agencia ag poupanca corrente acct',
  BR_PIX_KEY: 'pix evp',
  BR_BOLETO: 'boleto linha digitavel codigo barras',
  BR_PROCESSO: 'processo autos cnj proceso',
  US_SSN: 'ssn ssns social security socialsecurity ss seguro seguridad tin',
  US_ITIN: 'tax itin taxpayer tin',
  US_EIN: 'tax ein fein employer tin',
  US_PASSPORT: 'passport passports passaporte pasaporte',
  IBAN: 'iban',
  PHONE: `phone phones telephone tel tels telefone telefones telefono telefonos fone fones celular celulares cel cell mobile movil
    whatsapp whats wa wpp zap fax contato contact contacto ligue ligar liguei ligou call calling called llamar llame llama text sms
    ramal fono fijo fixo phonenumber desk office answering reach ring dial atende llamame llamenos llamanos message messages mensagem mensagens
    mensaje mensajes discar disque cellphone hotline home work`,
  CREDIT_CARD: `card cards cartao cartoes tarjeta tarjetas credito debito credit debit visa mastercard amex elo hipercard master
    cardnumber pan cc ccnumber maestro diners`,
  MAC_ADDRESS: 'mac bssid hwaddr ethernet fisico physical',
  DATE_OF_BIRTH: `nascimento nascido nascida nasceu nasci nasc dn birth born birthday birthdate dob nacimiento nacido nacida
    nacio naci aniversario cumpleanos datanascimento dateofbirth fechanacimiento`,
  SECRET: 'password senha contrasena secret token key chave clave',
  CRYPTO_ADDRESS: 'bitcoin btc wallet carteira ethereum eth crypto billetera',
};

/** Words that announce a number of another kind: an order, a moment, an amount, a part of a program. */
const OTHER = `order orders pedido pedidos protocolo protocol ticket tickets chamado tracking rastreio rastreamento invoice nfe
  fatura factura fiscal sku isbn ean gtin timestamp ts epoch trace span request req session sessao build version versao commit
  hash serial serie imei chassi lote batch price preco precio bytes size duration offset port pid seq sequence checksum etag
  transaction transacao transaccion nonce sha md5 orden millis elapsed snowflake`;
/** Words that stand before such numbers and before identifiers alike. */
const VAGUE = `reference referencia ref time total amount montante valor row line event uuid guid chave length width height ms ns
  id ids code codigo product produto producto item`;

/** Words that say nothing themselves. */
const JOINING = `a as os de da do das dos no na nos nas em para por que com um uma ao seu sua meu minha the an of for to is on in at my his
  her your their with that which el la los las del en es al un una con su sus mi lo le`;

/** What a word says about the numbers beside it. */
export interface Meaning {
  readonly announces: ReadonlySet<Entity>;
  /** It announces a number that is nobody's: certainly, so that what stands before it does not count, or perhaps. */
  readonly other?: 'certain' | 'perhaps';
  /** It stands between the members of a list, which share the word that announces them. */
  readonly connects: boolean;
  /** It only joins other words, so it makes nothing further away. */
  readonly joins: boolean;
}

const NOTHING: Meaning = { announces: new Set(), connects: false, joins: false };
const meanings = new Map<string, Meaning>();
for (const [entity, words] of Object.entries(ANNOUNCING) as [Entity, string][])
  for (const word of words.split(/\s+/))
    meanings.set(word, { ...NOTHING, announces: new Set(meanings.get(word)?.announces).add(entity) });
for (const [words, other] of [
  [OTHER, 'certain'],
  [VAGUE, 'perhaps'],
] as const)
  for (const word of words.split(/\s+/)) meanings.set(word, { ...(meanings.get(word) ?? NOTHING), other });
for (const word of JOINING.split(/\s+/)) if (!meanings.has(word)) meanings.set(word, { ...NOTHING, joins: true });
for (const word of ['e', 'and', 'y', 'ou', 'or', 'o', 'u'])
  meanings.set(word, { ...NOTHING, connects: true, joins: true });

const ACCENTED = /[^\0-\x7f]/;
const MARKS = /\p{M}/gu;

/** @param word as it is written, in any case, with or without accents */
export function meaningOf(word: string): Meaning {
  const plain = ACCENTED.test(word) ? word.normalize('NFD').replaceAll(MARKS, '') : word;
  return meanings.get(plain.toLowerCase()) ?? NOTHING;
}
