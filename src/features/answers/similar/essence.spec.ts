import { essenceOf } from './essence';

const same = (a: string, b: string) => essenceOf(a) === essenceOf(b) && essenceOf(a) !== '';

describe('essenceOf', () => {
  it.each([
    ['What are your opening hours?', 'Hello, can you tell me the opening hours please'],
    ['What is the capital of France?', "what's the capital of france"],
    ['How do I reset my password?', 'how do I reset my passwords'],
    ['Qual é o horário de abertura?', 'Olá, pode me dizer o horário de abertura, por favor?'],
    ['¿Cuál es el límite de mi tarjeta?', 'cuál es el límite de mi tarjeta'],
    ['Is it “free”?', 'is it free'],
    ['Are you open on the 24th, 9:30 ?', '“are you open on 24th 9:30”'],
  ])('is the same for %j and %j', (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['Can I pay 100 euros?', 'Can I pay 1000 euros?'],
    ['Is it $5?', 'Is it €5?'],
    ['Does it cost -5?', 'Does it cost 5?'],
    ['Can I cancel?', "Can't I cancel?"],
    ['Is it refundable?', 'Is it not refundable?'],
    ['Never call me', 'Call me'],
    ['Posso cancelar?', 'Não posso cancelar?'],
    ['Puedo pagar con tarjeta', 'No puedo pagar con tarjeta'],
    ['Who is Ada Lovelace?', 'Who is Ada Palmer?'],
    ['Fly from Lisbon to Porto', 'Fly to Lisbon from Porto'],
    ['Fly from Lisbon to Porto', 'Fly from Porto to Lisbon'],
    ['How do I open an account?', 'How do I close an account?'],
    ['Who plays in The Who?', 'Who plays in who?'],
    ['What do you know about me?', 'What do you know about you?'],
    ['Can I pay by card?', 'I pay by card?'],
    ['Is it 5 percent?', 'Is it .5 percent?'],
    ['Is it –5 degrees?', 'Is it 5 degrees?'],
    ['What is 5!', 'What is 5?'],
    ['What is 10 – 5?', 'What is 10 : 5?'],
    ['What is (1 + 2) * 3?', 'What is 1 + (2 * 3)?'],
    ['LA opening hours', 'Opening hours'],
    ['What is C++?', 'What is C#?'],
    ['What is my balance?', 'What was my balance?'],
    ['банк', 'bank'],
  ])('is another one for %j and %j', (a, b) => {
    expect(same(a, b)).toBe(false);
  });

  it.each(['', '  ', '?!', 'Hello, please', 'thank you'])('is empty for %j', (text) => {
    expect(essenceOf(text)).toBe('');
  });

  it('takes hostile text in its stride', () => {
    const started = performance.now();
    for (const text of ['?'.repeat(1_000), `${'a?'.repeat(400)}b`, 'thank '.repeat(160), '\ud800'.repeat(1_000)])
      essenceOf(text);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
