import { doubtBetween } from './second-check';
import { traitsOf } from './traits';

const doubt = (a: string, b: string) => doubtBetween(traitsOf(a), traitsOf(b));

describe('what kind of answer is waited for', () => {
  it.each([
    ['Must I file the form?', 'Do I have to file the form?'],
    ['Do I need to file the form?', 'Must I file the form?'],
    ['Can I pay with 2 cards?', 'may I pay with two cards'],
    ['Could you tell me when I must pay?', 'When must I pay?'],
    ['When will my card arrive?', 'When does my card arrive?'],
    ['Do you ship to Lisbon?', 'Can you ship to Lisbon?'],
    ['How can I cancel my order?', 'How do I cancel my order?'],
    ['How should I store it?', 'how do I store it'],
    ['¿A qué hora abre la tienda?', 'Hola, ¿puede decirme a qué hora abre la tienda?'],
    ['¿A quién puedo llamar?', 'Hola, ¿a quién puedo llamar?'],
    ['Com quem posso falar?', 'Olá, com quem posso falar?'],
    ['Quando posso pagar?', 'Olá, gostaria de saber quando posso pagar'],
    ['Does it matter when I pay?', 'Hello, does it matter when I pay?'],
  ])('is the same for %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['Must I file the form?', 'Should I file the form?'],
    ['Do I have to attend the course?', 'Should I attend the course?'],
    ['Must he pay?', 'Should he pay?'],
    ['Will I be charged?', 'Can I be charged?'],
    ['I must pay the fee', 'I may pay the fee'],
    ['When can I file the form?', 'When must I file the form?'],
    ['Where may I park?', 'Where do I have to park?'],
    ['Who can attend the course?', 'Who must attend the course?'],
    ['What documents should I bring?', 'What documents must I bring?'],
    ['Quando posso pagar?', 'Quando preciso pagar?'],
    ['Quando posso pagar?', 'Quando tenho que pagar?'],
    ['¿Cuándo puedo pagar?', '¿Cuándo necesito pagar?'],
    ['¿Cuándo puedo pagar?', '¿Cuándo tengo que pagar?'],
    ['Does it matter when I pay?', 'Does it matter where I pay?'],
    ['Can I see who called?', 'Can I see when I called?'],
    ['Posso escolher quando pagar?', 'Posso escolher onde pagar?'],
    ['¿Puedo elegir cuándo pagar?', '¿Puedo elegir dónde pagar?'],
    ['¿Quién llamó a Pedro?', '¿A quién llamó Pedro?'],
    ['quien llamó a mi jefe', 'a quien llamó mi jefe'],
    ['¿Quién habló de Ana?', '¿De quién habló Ana?'],
    ['¿Qué afecta al precio?', '¿A qué afecta el precio?'],
    ['¿Cómo sé quién llamó a Pedro?', '¿Cómo sé a quién llamó Pedro?'],
    ['Quem gosta de Ana?', 'De quem gosta Ana?'],
    ['Como sei quem votou em Ana?', 'Como sei em quem votou Ana?'],
  ])('is another for %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual(['kind', 'kind']);
  });
});
