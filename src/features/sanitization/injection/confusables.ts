/** Letters of other scripts that are drawn like Latin ones, each beside the Latin letter; compatibility forms fall to NFKD. */
const PAIRS = `
  аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw ѵv ӏl вb нh кk мm тt гr пn зz бb дd иu лl яr
  АA ВB ЕE ЗZ КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS Ԁd ԌG ԚQ ԜW Ӏl ҮY
  αa βb γy εe ζz ηn ιi κk μu νv οo ρp σo τt υu χx ωw ςs λl πn
  ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX
  ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz
  ıi ɩi ɑa ɡg ɐa ǝe ɘe ƨs łl øo đd ħh ŧt ɓb ɗd ƙk ɱm ɲn ƴy ʋv
  օo ոn սu հh ցg զq աw
`;

/** From a letter to the Latin one that it resembles. */
export const CONFUSABLES: ReadonlyMap<string, string> = new Map(
  PAIRS.split(/\s+/)
    .filter(Boolean)
    .map((pair) => {
      const [from = '', to = ''] = Array.from(pair);
      return [from, to];
    }),
);
