import type { ScopeExpression } from '../http/scope-expression.ts';

/** Scopes made ready for many questions; batch reads ask a thousand in one request. */
export class ScopeSet {
  static readonly #known = new WeakMap<readonly string[], ScopeSet>();
  readonly #exact: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  private constructor(scopes: readonly string[]) {
    this.#exact = new Set(scopes);
    this.#prefixes = scopes.filter((scope) => scope.endsWith('*')).map((scope) => scope.slice(0, -1));
  }

  /** The set of these scopes; the same array (expanded scopes are kept) gives the same set. */
  static of(scopes: readonly string[]): ScopeSet {
    let set = ScopeSet.#known.get(scopes);
    if (!set) {
      set = new ScopeSet(scopes);
      ScopeSet.#known.set(scopes, set);
    }
    return set;
  }

  satisfies(expression: ScopeExpression): boolean {
    if (typeof expression === 'string') {
      return this.#exact.has(expression) || this.#prefixes.some((prefix) => expression.startsWith(prefix));
    }
    if ('AllOf' in expression) return expression.AllOf.every((part) => this.satisfies(part));
    return expression.AnyOf.some((part) => this.satisfies(part));
  }
}
