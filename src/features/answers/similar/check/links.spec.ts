import { doubtBetween } from './second-check';
import { traitsOf } from './traits';

const doubt = (a: string, b: string) => doubtBetween(traitsOf(a), traitsOf(b));

describe('words that tie others to the sentence', () => {
  it.each([
    ['Qual é o horário de abertura?', 'Olá, qual o horário da abertura, por favor?'],
    ['Qual o limite do cartão de crédito?', 'Qual o limite do meu cartão de crédito?'],
    ['Como envio dinheiro para o Brasil?', 'Como envio dinheiro pro Brasil?'],
    ['Como envio dinheiro ao Brasil?', 'Como envio dinheiro para o Brasil?'],
    ['Como alterar a senha para a conta?', 'Como alterar a senha para conta?'],
    ['¿Cuál es el límite de la tarjeta?', 'Hola, ¿cuál es el límite de mi tarjeta?'],
    ['¿Puedo enviar dinero a México?', '¿Puedo enviar dinero para México?'],
    ['How long is the warranty of a phone?', 'For how long is there a warranty on a phone?'],
    ['What is the price of delivery?', 'what is the price for delivery'],
    ['What does it cost to return a coat?', 'What does it cost for returning a coat?'],
    ['Is there a shop in Lisbon?', 'is there a shop at Lisbon'],
    ['Do I need a passport and a visa?', 'do I need a passport and visa'],
    ['Can I pay with Visa or Amex?', 'can I pay with Visa or with Amex'],
    ['Can I make a payment?', 'may I make a payment'],
    ['Do I need to have a visa?', 'must I have a visa'],
    ['Do you have gift cards?', 'Hello, do you have any gift cards?'],
    ['I want a refund', 'I would like a refund'],
    ['I need a receipt', 'I would like a receipt'],
    ['Quero cancelar meu pedido', 'Gostaria de cancelar meu pedido'],
  ])('mean the same in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['Enviar dinheiro do Brasil', 'Enviar dinheiro para o Brasil'],
    ['O voo de Lisboa atrasou?', 'O voo para Lisboa atrasou?'],
    ['O voo de Lisboa atrasou?', 'O voo a Lisboa atrasou?'],
    ['o voo de dakar atrasou?', 'o voo para dakar atrasou?'],
    ['Posso transferir dinheiro da poupança?', 'Posso transferir dinheiro para a poupança?'],
    ['Posso transferir dinheiro da poupança?', 'Posso transferir dinheiro à poupança?'],
    ['Posso transferir fotos dos telefones?', 'Posso transferir fotos aos telefones?'],
    ['Como importo do México?', 'Como importo pro México?'],
    ['Posso sacar no exterior?', 'Posso sacar do exterior?'],
    ['Posso pagar pelo seguro?', 'Posso pagar com o seguro?'],
    ['Trabalho no banco?', 'Trabalho para o banco?'],
    ['¿El vuelo de Lima se retrasó?', '¿El vuelo para Lima se retrasó?'],
    ['¿Puedo enviar dinero del Perú?', '¿Puedo enviar dinero al Perú?'],
    ['¿Puedo pagar en dólares?', '¿Puedo pagar por dólares?'],
    ['¿Puedo viajar con mi hijo?', '¿Puedo viajar por mi hijo?'],
    ['Is the train to Lisbon late?', 'Is the train in Lisbon late?'],
    ['Can I pay in the shop?', 'Can I pay for the shop?'],
    ['Can I pay with the ticket?', 'Can I pay for the ticket?'],
    ['Can I complain to my manager?', 'Can I complain about my manager?'],
    ['Can I cancel for two weeks?', 'Can I cancel in two weeks?'],
    ['Can I travel as a nurse?', 'Can I travel with a nurse?'],
    ['Do I need a passport and a visa?', 'Do I need a passport or a visa?'],
    ['Is the fee for him or for me?', 'Is the fee for him and for me?'],
    ['Does she need it?', 'Does she want it?'],
    ['Can I cancel and rebook?', 'Can I cancel or rebook?'],
    ['Posso levar um cão e um gato?', 'Posso levar um cão ou um gato?'],
    ['¿Necesito el pasaporte y la visa?', '¿Necesito el pasaporte o la visa?'],
    ['¿Puedo viajar con agujas e hilo?', '¿Puedo viajar con agujas o hilo?'],
    ['¿Hay plata y oro?', '¿Hay plata u oro?'],
    ['Do you have gift cards?', 'Do you need gift cards?'],
    ['Do you like gift cards?', 'Do you want gift cards?'],
    ['Can I give a refund?', 'Can I have a refund?'],
    ['Do I need a receipt?', 'Do I have a receipt?'],
    ['Tenho um cartão?', 'Quero um cartão?'],
    ['Posso ter um reembolso?', 'Posso fazer um reembolso?'],
    ['O chefe está bravo?', 'O chefe é bravo?'],
    ['¿Puedo tener una tarjeta?', '¿Puedo hacer una tarjeta?'],
  ])('do not mean the same in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual(['relations', 'relations']);
  });

  it.each([
    ['Fahren wir nach Berlin?', 'Fahren wir von Berlin?'],
    ['Was war in der Kiste?', 'Was war an der Kiste?'],
    ['Was will er in Rom?', 'Was will er an Rom?'],
    ['Le train en retard est en France?', 'Le train en retard est se France?'],
    ['Posso pagare con la carta?', 'Posso pagare la carta?'],
    ['Gehe ich zum Arzt?', 'Gehe ich vom Arzt?'],
    ['Brauche ich Pass und Visum?', 'Brauche ich Pass oder Visum?'],
    ['Le vol de Paris part-il?', 'Le vol pour Paris part-il?'],
    ['Il volo da Roma parte?', 'Il volo per Roma parte?'],
  ])('are compared as they are written in other languages: %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual(['words', 'words']);
  });
});
