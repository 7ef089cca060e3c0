/** Why a secret, or a key that is kept elsewhere, cannot be had. The message names places and reasons, never values. */
export class SecretUnavailable extends Error {
  constructor(
    message: string,
    /** Asking again may help. */
    readonly passing = false,
  ) {
    super(message);
    this.name = 'SecretUnavailable';
  }

  static from(error: unknown): SecretUnavailable {
    return error instanceof SecretUnavailable ? error : new SecretUnavailable('failed in a way that is not understood');
  }
}
