import { Scalar } from './scalar.js';

/** Go's complex128: what an imaginary literal stands for. */
export class Complex extends Scalar {
  readonly realPart: number;
  readonly imaginaryPart: number;

  constructor(realPart: number, imaginaryPart: number) {
    super();
    this.realPart = realPart;
    this.imaginaryPart = imaginaryPart;
  }

  override isNonZero(): boolean {
    return this.realPart !== 0 || this.imaginaryPart !== 0;
  }

  equals(other: Complex): boolean {
    return this.realPart === other.realPart && this.imaginaryPart === other.imaginaryPart;
  }
}
