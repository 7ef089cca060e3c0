import { type Doubt, doubtBetween } from './second-check';
import { traitsOf } from './traits';

const doubt = (a: string, b: string, oneWord = false) => doubtBetween(traitsOf(a), traitsOf(b), { oneWord });

describe('the second check', () => {
  it.each([
    ['What are your opening hours?', 'Hello, can you tell me what the opening hours are please'],
    ['How do I reset my password?', 'how can i reset my passwords'],
    ['How do I reset my password?', 'What are the steps to recover my password?'],
    ['How do I cancel my order?', 'I want to know how to cancel an order'],
    ['How do I cancel my order?', 'Is there any way to cancel my order?'],
    ['When will my card arrive?', 'Hi, can you tell me when my card will arrive?'],
    ['¿Cuándo llega mi pedido?', 'Hola, ¿puede decirme cuándo llega el pedido?'],
    ['Quando chega minha encomenda?', 'Olá, gostaria de saber quando chega a encomenda'],
    ['Where is my parcel?', 'where is my package?'],
    ['Can I pay with 2 cards?', 'may I pay with two cards'],
    ['Is it “free”?', 'is it "free"'],
    ['Does the Pixel 9 work with Ada?', 'does the pixel 9 work with ada'],
    ['Qual é o horário de abertura?', 'Olá, qual o horário de abertura, por favor?'],
    ['Como faço para alterar meu endereço?', 'como posso mudar o meu endereço?'],
    ['¿Cuál es el límite de mi tarjeta?', 'cuál es el límite de mi tarjeta'],
    ['¿Cómo puedo cancelar mi pedido?', 'Hola, ¿cómo hago para cancelar el pedido?'],
    ['Why does `npm start` fail?', 'why does `npm start` fail'],
    ['Warum ist der Himmel blau?', 'warum ist der himmel blau'],
    ['reset my password', 'reset password'],
    ['How do I get a refund from you?', 'Could you please tell me how I get a refund from you?'],
    ['What is a plan?', 'what is the plan'],
    ['HOW DO I RESET MY PASSWORD?', 'How do I reset my password?'],
    ['Is IT covered?', 'is IT covered'],
    ['Is the limit in MB?', 'is the limit in mb'],
    ['Is the motor 2 MW?', 'is the motor 2 mw'],
    ['Can I see who blocked me?', 'Hello, can I see who has blocked me?'],
    ['Who do I call for help?', 'who should I call for help please'],
    ['Posso pagar só com cartão?', 'Olá, posso pagar só com o cartão?'],
  ])('has no doubt between %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([undefined, undefined]);
  });

  it.each<[Doubt, string, string]>([
    ['numbers', 'Can I pay 100 euros?', 'Can I pay 1000 euros?'],
    ['numbers', 'Is it $5?', 'Is it €5?'],
    ['numbers', 'Does it cost -5?', 'Does it cost 5?'],
    ['numbers', 'Is it .5 percent?', 'Is it 5 percent?'],
    ['numbers', 'Can I return it within two weeks?', 'Can I return it within three weeks?'],
    ['numbers', 'Is a 5 kg parcel too heavy?', 'Is a 5 g parcel too heavy?'],
    ['numbers', 'Is it open on 24/12?', 'Is it open on 25/12?'],
    ['numbers', 'Is 10 kg too heavy?', 'Is 10 lb too heavy?'],
    ['numbers', 'Posso pagar em duas vezes?', 'Posso pagar em três vezes?'],
    ['numbers', '¿Puedo pagar dos veces?', '¿Puedo pagar tres veces?'],
    ['negation', 'Can I cancel?', "Can't I cancel?"],
    ['negation', 'Is it refundable?', 'Is it not refundable?'],
    ['negation', 'Can I pay with a card?', 'Can I pay without a card?'],
    ['negation', 'Posso cancelar o pedido?', 'Não posso cancelar o pedido?'],
    ['negation', 'Posso pagar com cartão?', 'Posso pagar sem cartão?'],
    ['negation', '¿Puedo pagar con tarjeta?', '¿No puedo pagar con tarjeta?'],
    ['names', 'Is there a shop in Lisbon?', 'Is there a shop in Porto?'],
    ['names', 'Does it work with IOS?', 'Does it work with Android?'],
    ['relations', 'fly from lisbon to porto', 'fly from porto to lisbon'],
    ['relations', 'Why did my payment fail so late?', 'Why does my payment fail so late?'],
    ['names', 'What is plan A?', 'What is a plan?'],
    ['names', 'how do I cure hepatitis a', 'how do I cure hepatitis'],
    ['names', 'Where do I get vitamin d drops?', 'Where do I get vitamin drops?'],
    ['names', 'Do you deliver to US?', 'Do you deliver to us?'],
    ['names', 'Is IT covered?', 'Is it covered?'],
    ['names', 'What does WHO recommend?', 'What does who recommend?'],
    ['words', 'Posso pagar só com cartão?', 'Posso pagar também com cartão?'],
    ['words', '¿Puedo pagar solo con tarjeta?', '¿Puedo pagar con tarjeta?'],
    ['persons', 'How much do I owe you?', 'How much do you owe me?'],
    ['persons', 'When will you refund me?', 'Can you tell me when I will refund you?'],
    ['persons', 'Is he taller than she is?', 'Is she taller than he is?'],
    ['persons', 'Quanto eu te devo?', 'Quanto você me devo?'],
    ['words', 'What is new in java?', 'What is the news in java?'],
    ['kind', 'When can I get a refund?', 'Where can I get a refund?'],
    ['kind', 'How do I get a refund?', 'Can I get a refund?'],
    ['kind', 'How much is a refund?', 'How long is a refund?'],
    ['kind', 'Do I need to verify my identity?', 'Can I verify my identity?'],
    ['kind', 'How do I prove who I am?', 'Can I prove who I am?'],
    ['kind', 'Hello, is there a way to print it?', 'Is it possible to print it?'],
    ['kind', 'Have a catalogue sent', 'Is it possible to have a catalogue sent?'],
    ['kind', 'Olá, posso pagar agora?', 'Olá, como posso pagar agora?'],
    ['kind', 'Quando posso pagar?', 'Onde posso pagar?'],
    ['kind', '¿Cuándo puedo pagar?', '¿Dónde puedo pagar?'],
    ['opposites', 'How do I enable roaming?', 'How do I disable roaming?'],
    ['opposites', 'How do I open an account?', 'How do I close an account?'],
    ['opposites', 'Is the minimum limit fixed?', 'Is the maximum limit fixed?'],
    ['opposites', 'Como faço para ativar o roaming?', 'Como faço para desativar o roaming?'],
    ['opposites', '¿Cómo puedo abrir una cuenta?', '¿Cómo puedo cerrar una cuenta?'],
    ['persons', 'Can you call me?', 'Can I call you?'],
    ['persons', 'What is my balance?', 'What is your balance?'],
    ['persons', 'What do you know about me?', 'What do you know about you?'],
    ['persons', 'Qual é o meu saldo?', 'Qual é o seu saldo?'],
    ['persons', '¿Cuál es mi saldo?', '¿Cuál es su saldo?'],
    ['quotes', 'What does "open" mean here?', 'What does "shut" mean here?'],
    ['code', 'Why does `a + b` fail?', 'Why does `a - b` fail?'],
    ['code', 'What is wrong in ```x = 1```', 'What is wrong in ```x = 2```'],
    ['language', 'Can I cancel the order?', '¿Puedo cancelar la orden?'],
    ['language', 'банк', 'bank'],
    ['length', 'How do I pay?', `How do I pay? ${'Please tell me how I can do it. '.repeat(5)}`],
    ['masked', 'Is [[CPF_9Q2M]] valid?', 'Is [[CPF_9Q2M]] valid?'],
    ['words', 'How do I change my address?', 'How do I change my name?'],
    ['signs', 'What is C++?', 'What is C#?'],
    ['signs', 'What is 2 * 3?', 'What is 2 / 3?'],
    ['order', 'Is 2 for 3 cheap?', 'Is 3 for 2 cheap?'],
    ['words', 'Is the shop open here?', 'Is the shop open there?'],
    ['words', 'How do I block a card?', 'How do I block a phone?'],
    ['names', 'LA opening hours', 'Opening hours'],
    ['order', 'How do I transfer money from savings?', 'How do I money transfer from savings?'],
    ['relations', 'Can I order everything but fries?', 'Can I order everything and fries?'],
    ['words', 'What is there besides beef?', 'What is there beside beef?'],
    ['names', 'Is the limit in Mb?', 'Is the limit in MB?'],
    ['names', 'Is the motor 2 mW?', 'Is the motor 2 MW?'],
    ['relations', 'Are few seats left?', 'Are a few seats left?'],
    ['relations', 'Is it with or without sugar?', 'Is it without sugar?'],
    ['relations', 'O café vem com ou sem açúcar?', 'O café vem sem açúcar?'],
    ['persons', 'Can I see who blocked me?', 'Can I see who I blocked?'],
    ['persons', 'Do you know who you called?', 'Do you know who called you?'],
  ])('doubts because of %s: %j and %j', (expected, a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([expected, expected]);
  });

  it('lets one word differ on each side where something else vouches for it, and not more', () => {
    const a = 'How do I change the delivery address?';
    expect(doubt(a, 'How do I change the shipping destination address?', true)).toBe(undefined);
    expect(doubt(a, 'How do I change the delivery place?')).toBe('words');
    expect(doubt(a, 'How do I change the delivery place?', true)).toBe(undefined);
    expect(doubt(a, 'How do I change the payment place?', true)).toBe('words');
    expect(doubt('What is a debit?', 'What is a credit?', true)).toBe('opposites');
    expect(doubt('What is love?', 'What is hate?', true)).toBe('words');
    expect(doubt('How do I pay 5 euros?', 'How do I pay 6 euros?', true)).toBe('numbers');
  });

  it.each<[Doubt, string, string]>([
    ['opposites', 'Is the drug safe for children?', 'Is the drug unsafe for children?'],
    ['opposites', 'Is the app compatible with phones?', 'Is the app incompatible with phones?'],
    ['opposites', 'Como sincronizar o modo avião?', 'Como dessincronizar o modo avião?'],
    ['opposites', '¿Es normal el pulso del niño?', '¿Es anormal el pulso del niño?'],
    ['opposites', 'Are the fees increasing this year?', 'Are the fees decreasing this year?'],
    ['opposites', 'When are accounts locked by the bank?', 'When are accounts unlocked by the bank?'],
    ['opposites', 'What is the price excluding tax?', 'What is the price including tax?'],
    ['opposites', 'Is the warranty void if I open the box?', 'Is the warranty valid if I open the box?'],
    ['opposites', 'Can all employees see salaries?', 'Can some employees see salaries?'],
    ['opposites', 'Does everyone get a discount?', 'Does anyone get a discount?'],
    ['opposites', 'A loja está aberta no domingo?', 'A loja está fechada no domingo?'],
    ['opposites', '¿Está abierta la tienda el domingo?', '¿Está cerrada la tienda el domingo?'],
    ['opposites', '¿Cuánto cuesta el plan básico?', '¿Cuánto cuesta el plan avanzado?'],
    ['numbers', 'can I travel on monday with my dog?', 'can I travel on tuesday with my dog?'],
    ['numbers', 'is the shop open in june for dogs?', 'is the shop open in july for dogs?'],
    ['numbers', 'Do I pay in dollars at the shop?', 'Do I pay in euros at the shop?'],
    ['numbers', 'How many miles is the road long?', 'How many kilometers is the road long?'],
    ['numbers', 'A loja abre em junho para clientes?', 'A loja abre em julho para clientes?'],
  ])('no model vouches for %s: %j and %j', (expected, a, b) => {
    expect([doubt(a, b, true), doubt(b, a, true)]).toEqual([expected, expected]);
  });

  it.each([
    ['Muss ich Zoll zahlen?', 'Muss ich keinen Zoll zahlen?'],
    ['Darf ich mit Hund kommen?', 'Darf ich ohne Hund kommen?'],
    ['Wem gehört der Hund?', 'Wem gehörte der Hund?'],
    ['Puis-je annuler ma commande avant vendredi ?', 'Puis-je annuler ma commande après vendredi ?'],
  ])('no model vouches for a word of a language that is not known: %j and %j', (a, b) => {
    expect([doubt(a, b, true), doubt(b, a, true)]).toEqual(['words', 'words']);
  });

  it('says the same in both directions, and nothing against a text itself', () => {
    const texts = ['Hi', '', 'a b c', 'Não sei', '¿Qué?', '1 2 3', '"x" `y`', 'Bob and Ada', 'x '.repeat(400)];
    for (const a of texts) {
      expect(doubt(a, a)).toBe(undefined);
      for (const b of texts) expect(doubt(a, b)).toBe(doubt(b, a));
    }
  });

  it('takes hostile text in its stride', () => {
    const started = performance.now();
    const hostile = ['?', 'a?', 'not ', '" ', '`', '[[A', '1.', 'A', "'", '\ud800', 'how ', '$1', 'hello, '];
    for (const text of hostile) traitsOf(text.repeat(1_000 / text.length));
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
