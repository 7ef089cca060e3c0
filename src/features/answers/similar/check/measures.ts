const list = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Days, months, money and measures as words, without plural. No "may" and "second": these are said of other things as often. */
const MEASURES = new Set(
  list(`
    monday tuesday wednesday thursday friday saturday sunday weekday weekend
    terça quarta quinta sexta sábado domingo lunes marte miércole jueve vierne
    january february march april june july august september october november december
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
    enero febrero marzo mayo junio julio septiembre setiembre octubre noviembre diciembre
    dollar euro pound yen franc rupee yuan peso real cent reai libra dólar dólare centavo
    minute hour day week month quarter year decade century hourly nightly
    minuto hora dia día semana mês mes mese ano año década século siglo
    millimeter centimeter meter kilometer mile inch inche foot feet yard metre kilometre centimetre millimetre
    metro quilômetro kilómetro milha milla centímetro milímetro polegada pulgada
    gram kilogram kilo ton tonne ounce grama gramo quilo tonelada onça onza
    liter litre gallon pint cup teaspoon tablespoon litro
    celsius fahrenheit kelvin percent watt volt amp degree byte bit kilobyte megabyte gigabyte terabyte`),
);

/** Words that measure, in the singular, each once: what they stand for is no matter of taste. */
export function measuresIn(words: readonly string[]): readonly string[] {
  const singular = words.map((word) => word.replace(/s$/u, ''));
  return [...new Set(singular)].filter((word) => MEASURES.has(word));
}
