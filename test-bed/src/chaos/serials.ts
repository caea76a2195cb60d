/** Numbers for templates: a newer version of anything has a higher one. */
export class Serials {
  #last = 0;

  get last(): number {
    return this.#last;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}
