/** What the tests use of the Hawk library, which has no types. */
declare module 'hawk' {
  export const client: {
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
