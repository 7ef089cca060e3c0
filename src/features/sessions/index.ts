export { SessionTurns } from './session-turns.store';
export { SessionsModule } from './sessions.module';
