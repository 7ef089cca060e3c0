import { stemOf } from './stem';

/** Words that turn a question round when one stands for the other, in whatever form `stem.ts` knows; a side may have several. */
const PAIRS = `
enable activate on | disable deactivate off
increase raise grow higher more | decrease reduce lower shrink less
buy purchase | sell
open | close shut
start begin | stop end finish quit
add include | remove delete exclude
install | uninstall
subscribe | unsubscribe cancel
upgrade | downgrade
upload | download
send | receive
import | export
lock block | unlock unblock
login signin | logout signout
show | hide
allow permit | forbid deny prohibit
accept approve | reject decline refuse
connect | disconnect
deposit | withdraw withdrawal
lend | borrow
win | lose
pass | fail
before | after
first | last
up | down
in | out
inside | outside
above over | below under
left | right
north | south
east | west
early earlier | late later
fast quick faster | slow slower
hot warm | cold cool
old older | new newer young younger
cheap cheaper | expensive dearer
maximum max most best largest biggest longest highest | minimum min least worst smallest shortest lowest
long longer | short shorter
big large bigger larger | small smaller
public | private
credit | debit
domestic national | international foreign abroad
income revenue earnings | expense cost
profit | loss
gain | lose
male man men boy | female woman women girl
husband | wife
brother | sister
mother | father
day | night
morning | evening
today | yesterday | tomorrow
arrive arrival | depart departure leave
source origin | destination
sender | recipient
employer | employee
teacher | student
doctor | patient
parent | child
full | empty
true | false
safe | dangerous unsafe
legal | illegal
online | offline
manual | automatic
optional | mandatory required
monthly | yearly annual | weekly | daily
refund | charge
encrypt | decrypt
including | excluding
upper | lower
valid | void invalid
all every each | some
everyone everybody | someone somebody anyone anybody
compress | decompress extract
push | pull
read | write
client | server
ascending | descending
horizontal | vertical
hyper | hypo
overfitting | underfitting
ativar ligar habilitar | desativar desligar desabilitar
aumentar subir maior mais | diminuir reduzir baixar menor menos
comprar | vender
abrir | fechar
começar iniciar | parar terminar encerrar
adicionar incluir | remover excluir apagar
instalar | desinstalar
assinar | cancelar
enviar | receber
importar | exportar
bloquear | desbloquear
entrar | sair
mostrar | ocultar esconder
permitir | proibir
aceitar aprovar | recusar rejeitar negar
conectar | desconectar
depositar | sacar
emprestar | pegar
ganhar | perder
antes | depois
primeiro primeira | último última
dentro | fora
acima | abaixo
esquerda | direita
norte | sul
leste | oeste
cedo | tarde
rápido | lento devagar
quente | frio
velho antigo | novo
barato | caro
máximo | mínimo
longo | curto
grande | pequeno
público | privado
crédito | débito
nacional | internacional
receita | despesa
lucro | prejuízo
homem | mulher
marido | esposa
aberto aberta | fechado fechada
incluído incluída | excluído excluída
básico básica | avançado avançada
todos todas | alguns algumas
manhã | noite
hoje | ontem | amanhã
chegada chegar | partida partir
seguro | perigoso
legal | ilegal
manual | automático
mensal | anual | semanal | diário
reembolso | cobrança
activar encender habilitar | desactivar apagar deshabilitar
aumentar subir mayor más | disminuir reducir bajar menor menos
comprar | vender
abrir | cerrar
empezar comenzar iniciar | parar terminar detener
agregar añadir incluir | quitar eliminar excluir borrar
instalar | desinstalar
suscribir suscribirme | cancelar
enviar | recibir
bloquear | desbloquear
entrar | salir
mostrar | ocultar
permitir | prohibir
aceptar aprobar | rechazar negar
conectar | desconectar
depositar ingresar | retirar
prestar | pedir
ganar | perder
antes | después
primero primera | último última
dentro | fuera
arriba | abajo
izquierda | derecha
norte | sur
este | oeste
temprano | tarde
rápido | lento
caliente | frío
viejo antiguo | nuevo
barato | caro
máximo | mínimo
largo | corto
grande | pequeño
público | privado
crédito | débito
nacional | internacional
ingreso | gasto
ganancia | pérdida
hombre | mujer
marido esposo | esposa
abierto abierta | cerrado cerrada
incluido incluida | excluido excluida
básico básica | avanzado avanzada
todos todas | algunos algunas
mañana | noche
hoy | ayer | mañana
llegada llegar | salida salir
seguro | peligroso
legal | ilegal
mensual | anual | semanal | diario
reembolso | cobro`;

/** A word as it is written, and without its endings in each language. */
const formsOf = (word: string): ReadonlySet<string> =>
  new Set([word, ...(['en', 'pt', 'es'] as const).map((language) => stemOf(word, language))]);

/** For each form of a word, the pairs it stands in and its side. */
const SIDES = new Map<string, [pair: number, side: number][]>();
for (const [pair, line] of PAIRS.trim().split('\n').entries())
  for (const [side, words] of line.split('|').entries())
    for (const word of words.trim().split(/\s+/))
      for (const form of formsOf(word)) SIDES.set(form, [...(SIDES.get(form) ?? []), [pair, side]]);

/** What turns the word behind it round, in English, Portuguese and Spanish: unlock, impossible, ilegal, desligar. */
const TURNING = 'a anti counter de des dis i il im in ir mal mis non over un under'.split(' ');
/** Shorter words stand behind other beginnings by chance. */
const SHORTEST = 4;

/** Whether one text has a word where the other has its opposite. A text that names both sides has no side. */
export function areOpposed(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (isTurned(a, b) || isTurned(b, a)) return true;
  const ours = sidesOf(a);
  const theirs = sidesOf(b);
  for (const [pair, side] of ours) {
    const other = theirs.get(pair);
    if (other !== undefined && other !== side) return true;
  }
  return false;
}

/** Whether one text has a word that the other has only with a prefix that turns it round. */
function isTurned(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...b].some((word) =>
    TURNING.some((prefix) => {
      if (!word.startsWith(prefix) || a.has(word)) return false;
      const bare = word.slice(prefix.length).replace(/^-/u, '');
      return bare.length >= SHORTEST && a.has(bare) && !b.has(bare);
    }),
  );
}

/** Sides by pair, as a set of bits. */
function sidesOf(words: ReadonlySet<string>): Map<number, number> {
  const found = new Map<number, number>();
  for (const word of words)
    for (const form of formsOf(word))
      for (const [pair, side] of SIDES.get(form) ?? []) found.set(pair, (found.get(pair) ?? 0) | (1 << side));
  return found;
}
