/** Base class of encoders that Hawk imports but does not use to sign a request. */
export class Transform {
  readonly unused = true;
}
