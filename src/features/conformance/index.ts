export { type AnswerFault, Demands, type Verdict } from './demands';
export { parseAnswer } from './parse-answer';
export { repairTurns, withTurns } from './repair-turns';
export { Schemas } from './schemas';
export { SpokenAnswer, type SpokenChoice } from './spoken-answer';
