/**
 * What a template reads of its data at one path, and what for.
 *
 * All four uses may be false: then the value only goes into a function that neither prints nor compares
 * it (`len`, or as a key of `index`), or into a variable that is not used.
 */
export interface TemplateVariable {
  /**
   * The way to it from the data: `user.name`. `[]` stands for each element of an array, or each value of
   * an object, that is ranged over or reached by `index` with a key that is not a constant string:
   * `items[].title`. A key that is no identifier stands as a JSON string: `labels["first name"]`.
   * The data as a whole is `.`; its values, `[]`.
   */
  readonly path: string;
  /** It is in the output, as it is or in what `print`, `printf`, `html`, `slice` … make of it. */
  readonly printed: boolean;
  /** `if`, `with`, `and`, `or` or `not` ask whether it is empty. */
  readonly tested: boolean;
  /** `range` goes over its elements. */
  readonly ranged: boolean;
  /** `eq`, `ne`, `lt`, `le`, `gt` or `ge` compares it. */
  readonly compared: boolean;
  /**
   * False: no rendering with `missing` `error` succeeds without it. Where the path has `[]`, this is about
   * each element of the last `[]`: `items[].title` that is false must be in each item, while `items` itself
   * may be empty.
   *
   * True: nothing is known that makes it necessary. It may go unread (branches, bodies and later turns of
   * loops, later arguments of `and` and `or`, values of variables that may also hold another), or its
   * absence may be no error (`index`). An element itself, and the data as a whole, are always optional.
   */
  readonly optional: boolean;
}

/** Paths that one template's list holds, at most: those that the template reads first. */
export const MAX_VARIABLES = 1_000;
/** Length of a path, in UTF-16 code units; what lies below a longer one is not listed. */
export const MAX_PATH_LENGTH = 512;
