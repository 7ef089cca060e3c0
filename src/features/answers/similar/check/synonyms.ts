import type { Language } from './languages';
import { stemOf } from './stem';

/** Words that ask for the same of a service. Only such as hardly ever differ; a line is one meaning. */
const SAME: Readonly<Record<Language, string>> = {
  en: `
    buy purchase
    reset recover
    start begin
    finish complete
    fix repair solve resolve
    problem error issue trouble
    email e-mail
    phone telephone cellphone
    photo picture image
    price cost
    invoice bill
    fast quick
    password passcode pass-word
    login signin log-in sign-in
    signup sign-up register
    wrong incorrect
    change update modify edit alter
    delete remove erase
    vacation holiday
    parcel package
    deliver ship delivery shipment
    shop store
    app application
    film movie
    choose select pick
    allow permit
    refund reimburse reimbursement`,
  pt: `
    comprar adquirir
    começar iniciar
    problema erro falha
    email e-mail
    foto imagem
    preço custo
    fatura boleto
    alterar mudar trocar modificar atualizar editar
    apagar excluir deletar remover
    encomenda pacote
    aplicativo app
    reembolso estorno`,
  es: `
    comprar adquirir
    empezar comenzar iniciar
    problema error fallo
    email e-mail correo
    móvil celular
    foto imagen
    precio coste costo
    cambiar modificar actualizar editar
    borrar eliminar
    aplicación app
    reembolso devolución`,
};

const MEANINGS = Object.fromEntries(
  (Object.keys(SAME) as Language[]).map((language) => [
    language,
    new Map(
      SAME[language]
        .trim()
        .split('\n')
        .flatMap((line) => {
          const [first = '', ...others] = line.trim().split(/\s+/);
          return others.map((word): [string, string] => [stemOf(word, language), stemOf(first, language)]);
        }),
    ),
  ]),
) as Record<string, ReadonlyMap<string, string>> as Readonly<Record<Language, ReadonlyMap<string, string>>>;

/** The stem that stands for all that mean the same. */
export function meaningOf(stem: string, language: Language | undefined): string {
  return (language && MEANINGS[language].get(stem)) ?? stem;
}
