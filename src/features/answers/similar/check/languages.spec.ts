import { languageOf } from './languages';

describe('the language of a text', () => {
  it.each([
    ['en', 'who was in the war'],
    ['en', 'what will it cost per month'],
    ['es', 'la tarjeta es una'],
    ['es', 'cuál es la dirección'],
    ['pt', 'quando posso pagar'],
    ['pt', 'posso levar um cão ou um gato'],
    [undefined, 'was war in der kiste'],
    [undefined, 'was will er in rom'],
    [undefined, 'le vol de paris est en retard'],
    [undefined, 'posso pagare con la carta'],
    [undefined, 'wat is het in een van'],
    [undefined, 'reset password'],
  ])('is %s: %s', (expected, text) => {
    expect(languageOf(text.split(' '))).toBe(expected);
  });
});
