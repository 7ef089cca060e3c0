import type { Lexicon } from './rule';

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);

export const SPANISH: Lexicon = {
  reader:
    words(`tu tus te ti eres seras tienes puedes usted ustedes asistente chatbot chatgpt favor debe debes asegurate recuerda
    inmediatamente`),
  joins: words('y luego despues tambien'),
  about: words('sobre de del acerca'),
  article: words('el la los las un una todos todas tus tu este esta ese esa mi mis nuestro nuestra'),
  not: words('no nunca jamas sin'),
  ignore:
    words(`ignora ignore ignorar ignoren ignorando ignorad olvida olvide olvidar olvidate olvidad descarta descarte descartar desestima
    desestime omite omita omitir desobedece desobedezca anula anule anular abandona salta saltate viola evade`),
  remove: words(
    'sobrescribe reemplaza reemplazar cancela cancele cancelar borra borre borrar elimina eliminar suprime limpia',
  ),
  prior:
    words(`anteriores anterior previas previos previa previo arriba iniciales inicial originales original precedentes antes actuales
    actual existentes antiguas pasadas anteriormente recibidas recibiste dadas`),
  own: words('tus tu sus su vuestras'),
  all: words('todas todos cualquier toda todo'),
  instructions:
    words(`instrucciones instruccion reglas regla directrices directriz ordenes orden comandos comando indicaciones prompt
    prompts restricciones limitaciones politicas politica normas protocolos programacion entrenamiento directivas pautas`),
  messages: words('mensajes mensaje texto textos contexto conversacion informacion contenido'),
  follow: words(
    'sigas seguir sigue siga obedezcas obedecer obedezca respetes respetar cumplas cumplir escuches atiendas hagas',
  ),
  told: words(
    'dieron dado pasaron proporcionaron recibe recibido has han dije dijeron dicho instruido ensenado aprendiste sabes recibiste programado ordenaron leiste',
  ),
  show: words(`muestra muestrame muestre mostrar revela revele revelame revelar exhibe imprime imprima imprimir repite repita repetir dime
    diga di divulga divulgar enumera lista escribe copia pega transcribe expon envia devuelve comparte filtra dame`),
  retell: words('resume resumir traduce traducir explica parafrasea describe convierte reescribe formatea'),
  secretprompt: words(
    'sistema inicial iniciales original originales oculto ocultas ocultos oculta secreto secretas secreta internas internos confidenciales confidencial base',
  ),
  promptwords: words('prompt prompts instrucciones instruccion mensaje reglas directrices indicaciones'),
  settings: words('configuracion ajustes'),
  secret: words('contrasena contrasenas clave secreto secretos credenciales'),
  unbound: words('irrestricta filtros censura amoral inmoral malvada malvado ilimitada ilimitado jailbreak'),
  bot: words('ia asistente chatbot bot modelo gpt chatgpt agente inteligencia version modo personaje robot'),
  limits: words(
    'restricciones restriccion limites limitaciones filtros filtro censura etica eticas eticos moral morales reglas directrices barreras politicas moderacion',
  ),
  pretend: words('finge finja actua actue simula imagina interpreta comportate responde fingir haz'),
  modes: words('dan desarrollador debug dios admin administrador root jailbreak irrestricto mantenimiento depuracion'),
  wild: words('dan dios jailbreak irrestricto'),
  enable: words('activa activar activado entra entrar habilita habilitar inicia cambia enciende activo'),
  maker: words(
    'desarrollador desarrolladora creador creadora programador administrador administradora dueno ingeniero operador',
  ),
  answer: words('respuesta respuestas resumen salida mensaje'),
  respond: words('responde escribe imprime codifica revela proporciona muestra di dame convierte traduce'),
  cipher: words('base64 rot13 hexadecimal hex morse binario cifrado invertido reves'),
  add: words('incluye incluya menciona mencione agrega anade inserta incorpora destaca recomienda promociona'),
  send: words('envia envie enviar reenvia reenvie manda mande publica transmite filtra exfiltra exporta'),
  private: words(
    'conversacion historial credenciales contrasenas contrasena secretos claves clave tokens token datos correos archivos contactos prompt instrucciones mensajes',
  ),
  aireader: words('ia asistente llm chatbot chatgpt claude gemini ias asistentes robot'),
};
