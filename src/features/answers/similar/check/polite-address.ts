import { opensSentence } from './sentence-start';

/** German Sie and sie, Ihr and ihr; Italian Lei and lei. */
const ADDRESS = /(?<![\p{L}\p{N}])(?:sie|ihnen|ihr(?:e[mnrs]?)?|lei)(?![\p{L}\p{N}])/giu;

/** For each word that speaks to somebody with a capital and of somebody without, whether it has one; nobody knows where a sentence begins. */
export function addressesIn(prose: string): readonly boolean[] {
  return [...prose.matchAll(ADDRESS)]
    .filter(({ index }) => !opensSentence(prose, index))
    .map(({ 0: word }) => word !== word.toLowerCase());
}
