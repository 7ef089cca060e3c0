import { doubtBetween } from './second-check';
import { traitsOf } from './traits';

const doubt = (a: string, b: string) => doubtBetween(traitsOf(a), traitsOf(b));

describe('persons', () => {
  it.each([
    ['Is his mother covered?', 'Hello, is his mother covered please?'],
    ['When does he arrive?', 'Can you tell me when he arrives?'],
    ['Where is my parcel?', 'Where is the parcel?'],
    ['Where is your shop in Lisbon?', 'where is the shop in Lisbon'],
    ['How do I cancel an order?', 'How do you cancel an order?'],
    ['Please tell me how to cancel my order.', 'How do I cancel my order?'],
    ['When can I get a refund?', 'When do I get a refund?'],
    ['A sua loja abre?', 'A loja abre?'],
    ['Qual é o seu saldo?', 'Qual o seu saldo?'],
    ['Quando eu posso pagar?', 'Quando posso pagar?'],
    ['¿Puedo pagar con tarjeta?', 'Hola, ¿puedo pagar con la tarjeta?'],
    ['How are refunds handled?', 'How is a refund handled?'],
  ])('are the same in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['Is his mother covered?', 'Is her mother covered?'],
    ['Is it their fault?', 'Is it her fault?'],
    ['Is the cat hers?', 'Is the cat his?'],
    ['Is my car covered?', 'Is our car covered?'],
    ['When does he arrive?', 'When does she arrive?'],
    ['When does he arrive?', 'When does it arrive?'],
    ['When does it arrive?', 'When do I arrive?'],
    ['Should I pay him?', 'Should I pay her?'],
    ['Should I pay him?', 'Should I pay you?'],
    ['Should he pay you?', 'Should he pay me?'],
    ['Do I pay you?', 'Do we pay you?'],
    ['Do I have to pay?', 'Do you have to pay?'],
    ['Why do I need a passport?', 'Why do you need a passport?'],
    ['Who can I call?', 'Who can call me?'],
    ['How old are you?', 'How old am I?'],
    ['O carro é meu?', 'O carro é seu?'],
    ['Quantos anos tenho?', 'Quantos anos tem?'],
    ['¿Le debo el dinero?', '¿Te debo el dinero?'],
    ['Ele pode pagar?', 'Ela pode pagar?'],
    ['A culpa é dele?', 'A culpa é deles?'],
    ['Eu posso pagar?', 'Ele pode pagar?'],
    ['Quando posso pagar?', 'Quando podemos pagar?'],
    ['Meu carro está coberto?', 'Seu carro está coberto?'],
    ['Quando ela chega?', 'Quando ele chega?'],
    ['¿Él puede pagar?', '¿Ella puede pagar?'],
    ['¿Es la culpa de él?', '¿Es la culpa de ella?'],
    ['¿Puedo pagar con tarjeta?', '¿Puede pagar con tarjeta?'],
    ['¿Está cubierto mi coche?', '¿Está cubierto su coche?'],
  ])('are others in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual(['persons', 'persons']);
  });
});
