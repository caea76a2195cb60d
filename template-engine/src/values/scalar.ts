/**
 * A value that only a template makes: JSON has no form for it. The names of its properties are such
 * as data hardly use, because a field that data and scalars have in common is read more slowly.
 */
export abstract class Scalar {
  /** Whether it is no zero of its type: Go's truth. */
  abstract isNonZero(): boolean;
}
