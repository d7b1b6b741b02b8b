declare module 'hawk' {
  export const client: {
    header(
      url: string,
      method: string,
      options: {
        credentials: { id: string; key: string; algorithm: 'sha256' };
        ext?: string;
        payload?: string;
        contentType?: string;
        timestamp?: number;
        nonce?: string;
      },
    ): { header: string };
  };
}
