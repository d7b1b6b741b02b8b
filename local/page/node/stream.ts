/** Base class of encoders that come with Hawk and are not used to sign a request. */
export class Transform {
  readonly unused = true;
}
