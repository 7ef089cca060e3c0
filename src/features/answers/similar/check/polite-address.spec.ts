import { doubtBetween } from './second-check';
import { traitsOf } from './traits';

const doubt = (a: string, b: string) => doubtBetween(traitsOf(a), traitsOf(b));

describe('polite address', () => {
  it.each([
    ['Was kostet Ihr Tarif?', 'was kostet Ihr Tarif'],
    ['Ihr Tarif kostet was?', 'ihr Tarif kostet was?'],
    ['Hallo. Sie zahlen die Miete?', 'Hallo. sie zahlen die Miete?'],
    ['Warum ist der Himmel blau?', 'warum ist der himmel blau'],
  ])('is the same in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['Müssen sie die Miete zahlen?', 'Müssen Sie die Miete zahlen?'],
    ['Ist das ihr Auto?', 'Ist das Ihr Auto?'],
    ['Haben Sie ihnen das Geld gegeben?', 'Haben Sie Ihnen das Geld gegeben?'],
    ['Wann kommt ihre Lieferung an?', 'Wann kommt Ihre Lieferung an?'],
    ['Was ist in ihrem Vertrag?', 'Was ist in Ihrem Vertrag?'],
    ['È lei la proprietaria?', 'È Lei la proprietaria?'],
  ])('is another in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual(['persons', 'persons']);
  });
});
