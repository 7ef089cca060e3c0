/** Somebody's place in a line. */
export interface Place<T> {
  readonly who: T;
  ahead: Place<T> | undefined;
  behind: Place<T> | undefined;
}

/** A line that anybody may leave from anywhere, at the cost of one step. */
export class WaitingLine<T> {
  first: Place<T> | undefined;
  last: Place<T> | undefined;
  length = 0;

  join(who: T): Place<T> {
    const place: Place<T> = { who, ahead: this.last, behind: undefined };
    if (this.last) this.last.behind = place;
    else this.first = place;
    this.last = place;
    this.length++;
    return place;
  }

  /** @param place one that was joined here and not left yet */
  leave({ ahead, behind }: Place<T>): void {
    if (ahead) ahead.behind = behind;
    else this.first = behind;
    if (behind) behind.ahead = ahead;
    else this.last = ahead;
    this.length--;
  }
}
