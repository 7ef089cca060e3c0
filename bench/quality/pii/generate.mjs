import { chance } from '../../drill/random.mjs';
import { lookalike } from './negatives.mjs';
import { ANNOUNCED, LABELS, PLAIN } from './sentences.mjs';
import { MAKERS, pick } from './values.mjs';

/** Entities that digits alone can give away, so that they are also written without any word beside them. */
const TELLING_BARE = new Set(['BR_CPF', 'BR_CNPJ', 'CREDIT_CARD', 'IBAN', 'EMAIL']);
const TELLING_FORMATTED = new Set([
  ...TELLING_BARE,
  'PHONE',
  'US_SSN',
  'IP_ADDRESS',
  'MAC_ADDRESS',
  'BR_PIS',
  'BR_PROCESSO',
  'CRYPTO_ADDRESS',
  'SECRET',
]);
const HOSTILE = [
  (text) => text.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  (text) => [...text].join('\u200b'),
  (text) => text.replaceAll('-', '\u2011').replaceAll(' ', '\u00a0'),
  (text) => text.replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
  (text) => `${text.slice(0, 3)}\u202a${text.slice(3, 5)}\u00ad${text.slice(5)}`,
  (text) => text.replaceAll('.', '\uff0e').replaceAll('-', '\u2013').replaceAll('@', '\uff20'),
];

/**
 * Labelled texts that follow from the seed. Frames are dealt to the two halves by their place, so that no frame is in both.
 * @returns {{ text: string, spans: { entity: string, start: number, end: number }[], language: string, entity: string, form: string }[]}
 */
export function generate(seed, half, perForm) {
  const samples = [];
  for (const language of ['pt', 'en', 'es'])
    for (const entity of Object.keys(MAKERS))
      for (const form of formsOf(entity)) {
        const draw = chance(seed, half, language, entity, form);
        for (let i = 0; i < perForm; i++) samples.push(sample(draw, { language, entity, form, half }));
      }
  return samples;
}

function formsOf(entity) {
  const forms = ['formatted+word', 'hostile+word'];
  if (MAKERS[entity].bare) forms.push('bare+word');
  if (TELLING_FORMATTED.has(entity)) forms.push('formatted');
  if (MAKERS[entity].bare && TELLING_BARE.has(entity)) forms.push('bare');
  return forms;
}

function sample(draw, { language, entity, form, half }) {
  const [style, word] = form.split('+');
  const frames = (word ? ANNOUNCED : PLAIN)[language].filter((_, i) => (i % 2 === 0) === (half === 'tune'));
  const maker = MAKERS[entity];
  let value = (style === 'bare' ? maker.bare : maker.formatted)(draw);
  if (style === 'hostile') value = pick(draw, HOSTILE)(value);
  const label = pick(draw, LABELS[language][entity]);
  const other = pick(
    draw,
    ['EMAIL', 'IP_ADDRESS', 'BR_CPF', 'PHONE'].filter((one) => one !== entity),
  );
  const spans = [];
  let text = '';
  const put = (kind, written) => {
    spans.push({ entity: kind, start: text.length, end: text.length + written.length });
    text += written;
  };
  for (const part of pick(draw, frames).split(/(?<![A-Za-z])([LVW])(?![A-Za-záéó])/))
    if (part === 'L') text += label;
    else if (part === 'V') put(entity, value);
    else if (part === 'W') {
      text += `${LABELS[language][other][0]} `;
      put(other, MAKERS[other].formatted(draw));
    } else text += part;
  // something else that is nobody's stands near, as it does in real text
  if (draw() < 0.5) text += `\n${lookalike(draw)}`;
  return { text, spans, language, entity, form };
}
