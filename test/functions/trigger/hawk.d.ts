// hawk 9 has no types. This declares what the tests use.
declare module 'hawk' {
  const hawk: {
    crypto: { calculatePayloadHash(payload: string, algorithm: 'sha256', contentType: string): string };
  };
  export default hawk;
}
