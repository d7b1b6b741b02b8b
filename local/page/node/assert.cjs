/** `assert`, as far as taskcluster-lib-scopes uses it. */
module.exports = function assert(condition, message) {
  if (!condition) throw new Error(message);
};
