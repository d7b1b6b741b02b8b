/** `assert`, as taskcluster-lib-scopes calls it. */
module.exports = function assert(condition, message) {
  if (!condition) throw new Error(message);
};
