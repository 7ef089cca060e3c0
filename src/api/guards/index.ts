export { Allow, declaredAccess, Public } from './access';
export { callerOf, type CallerRequest } from './caller-request';
export { GUARDS } from './guards.provider';
export { knownBeforeBody } from './known-before-body';
export { RATE_HEADERS, setCallRates } from './rate-headers';
