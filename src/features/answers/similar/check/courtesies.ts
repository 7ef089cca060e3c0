import type { Language } from './languages';

/** What is said before a question; it is not what is asked. */
const COURTESIES: Readonly<Record<Language, RegExp>> = {
  en: /^\W{0,3}(?:hello|hi|hey|please|dear sir|dear madam)\b|\b(?:(?:can|could|would|will) you (?:please )?(?:tell|show|explain|help|say)(?: to)?(?: me| us)?|do you know|i(?: would|['’]d) like to know|i (?:want|need) to know|(?:please )?tell me|i wonder)\b/gu,
  pt: /^[^\p{L}]{0,3}(?:olá|oi|bom dia|boa tarde|boa noite|por favor)(?!\p{L})|(?<!\p{L})(?:(?:você )?(?:pode|poderia)(?:m)? me (?:dizer|explicar|mostrar|ajudar)|gostaria de saber|quero saber|preciso saber|me diga|você sabe)(?!\p{L})/gu,
  es: /^[^\p{L}]{0,3}(?:hola|buenos días|buenas tardes|buenas noches|por favor)(?!\p{L})|(?<!\p{L})(?:(?:me )?(?:puede|podría)(?:s|n)? (?:decirme|decir|explicarme|explicar|mostrarme|ayudarme)|quisiera saber|me gustaría saber|quiero saber|necesito saber|dígame|dime|sabe)(?!\p{L})/gu,
};

/** A text without what is said only to be polite. @param text in lower case */
export function withoutCourtesies(text: string, language: Language): string {
  return text.replace(COURTESIES[language], ' ');
}
