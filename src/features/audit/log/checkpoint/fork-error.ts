/** The log is not what was written, or not what was signed: somebody, or a restore, changed it. */
export class ForkError extends Error {}
