/** The names of the variables in sight, the innermost last; `$` always is. */
export class VariablesInSight {
  private readonly names = ['$'];
  /** How often each name was declared. Looking through the list takes long where thousands are. */
  private readonly counts = new Map([['$', 1]]);

  get depth(): number {
    return this.names.length;
  }

  has(name: string): boolean {
    return (this.counts.get(name) ?? 0) > 0;
  }

  declare(name: string): void {
    this.names.push(name);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** Puts out of sight what was declared since there were so many. */
  leave(depth: number): void {
    for (const name of this.names.splice(depth)) this.counts.set(name, (this.counts.get(name) ?? 1) - 1);
  }
}
