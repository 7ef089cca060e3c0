export { assess } from './assess/assess';
export { chooseModel } from './choose-model';
export { decodeBody } from './decode-body';
export { SelectionModule } from './selection.module';
export { SelectionPolicies, type SelectionPolicy } from './selection-policies';
export { OutputHistory, type OfAnswers } from './sizing/output-history';
export { rightSize } from './sizing/right-size';
export { trimCall, type Trimmed } from './trim/trim-call';
