/** What we use of the Hawk library, which has no types. */
declare module 'hawk' {
  export const client: {
    /** Makes the header of one request. The services do not want the body signed: leave out `payload`. */
    header(
      uri: string,
      method: string,
      options: {
        credentials: { id: string; key: string; algorithm: string };
        ext?: string;
        payload?: string;
        contentType?: string;
        timestamp?: number;
        nonce?: string;
      },
    ): { header: string };
  };
}
