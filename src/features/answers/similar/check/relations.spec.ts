import { doubtBetween } from './second-check';
import { traitsOf } from './traits';

const doubt = (a: string, b: string) => doubtBetween(traitsOf(a), traitsOf(b));

describe('what is over, and what is done to somebody', () => {
  it.each([
    ['Has my order arrived?', 'Hello, has my order arrived?'],
    ['Was my order cancelled?', 'was my order cancelled please'],
    ['When will my order be delivered?', 'When is my order delivered?'],
    ['Why has my payment failed?', 'Why did my payment fail?'],
    ['Do you have the book?', 'do you have a book'],
    ['Meu pedido foi enviado?', 'Olá, meu pedido foi enviado?'],
  ])('is the same in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['Why has my payment failed?', 'Why does my payment fail?'],
    ['When have you shipped my order?', 'When do you ship my order?'],
    ['Can I charge the customer?', 'Can I be charged the customer?'],
    ['Will I invite?', 'Will I be invited?'],
    ['Do I owe anything?', 'Am I owed anything?'],
    ['Is he boring?', 'Is he bored?'],
    ['Meu pedido foi enviado?', 'Meu pedido é enviado?'],
    ['¿Mi pedido fue enviado?', '¿Mi pedido es enviado?'],
  ])('is another in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual(['relations', 'relations']);
  });
});
