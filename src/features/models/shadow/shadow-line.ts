/** Work in the background, so much at a time, with a short line behind it. What finds no room is not done. */
export class ShadowLine {
  private readonly lines = new Map<string, { running: number; readonly waiting: (() => Promise<void>)[] }>();

  /** @param most that waits, in each line */
  constructor(private readonly most: number) {}

  /**
   * @param work never fails
   * @returns false when there is no room
   */
  offer(name: string, atOnce: number, work: () => Promise<void>): boolean {
    const line = this.lines.get(name) ?? { running: 0, waiting: [] };
    this.lines.set(name, line);
    if (line.running >= atOnce) return line.waiting.length < this.most && line.waiting.push(work) > 0;
    line.running++;
    void this.run(name, work);
    return true;
  }

  private async run(name: string, first: () => Promise<void>): Promise<void> {
    const line = this.lines.get(name);
    for (let work: (() => Promise<void>) | undefined = first; work; work = line?.waiting.shift()) await work();
    if (line && --line.running === 0) this.lines.delete(name);
  }
}
