/** States within a JSON number: after `-`, `0`, other digits, `.`, its digits, `e`, its sign, its digits. */
const MINUS = 0;
const ZERO = 1;
const INTEGER = 2;
const POINT = 3;
const FRACTION = 4;
const E = 5;
const SIGN = 6;
const EXPONENT = 7;

/** No number can start or continue like this. */
export const NO_NUMBER = -1;

/** @returns the state of a number that starts with this byte, or NO_NUMBER */
export function numberBegins(byte: number): number {
  return byte === 0x2d ? MINUS : digitAfterMinus(byte);
}

/** @returns the state after one more byte, or NO_NUMBER */
export function numberGoesOn(place: number, byte: number): number {
  const digit = byte >= 0x30 && byte <= 0x39;
  switch (place) {
    case MINUS:
      return digitAfterMinus(byte);
    case ZERO:
      return afterInteger(byte);
    case INTEGER:
      return digit ? INTEGER : afterInteger(byte);
    case POINT:
      return digit ? FRACTION : NO_NUMBER;
    case FRACTION:
      return digit ? FRACTION : isE(byte) ? E : NO_NUMBER;
    case E:
      return byte === 0x2b || byte === 0x2d ? SIGN : digit ? EXPONENT : NO_NUMBER;
    default:
      return digit ? EXPONENT : NO_NUMBER;
  }
}

/** Whether the number is complete in this state. */
export function numberMayEnd(place: number): boolean {
  return place === ZERO || place === INTEGER || place === FRACTION || place === EXPONENT;
}

function digitAfterMinus(byte: number): number {
  if (byte === 0x30) return ZERO;
  // mutant stays: 0x30 has returned
  return byte > 0x30 && byte <= 0x39 ? INTEGER : NO_NUMBER;
}

function afterInteger(byte: number): number {
  if (byte === 0x2e) return POINT;
  return isE(byte) ? E : NO_NUMBER;
}

function isE(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}
