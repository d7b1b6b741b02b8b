// hawk 9 has no types. Declared is what the tests compare with.
declare module 'hawk' {
  const hawk: {
    crypto: { calculatePayloadHash(payload: string, algorithm: 'sha256', contentType: string): string };
  };
  export default hawk;
}
