import type { ScopeExpression } from '../http/scope-expression.ts';

const VALID = /^[\x20-\x7e]*$/;

/** Scopes are printable ASCII. */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && VALID.test(value);
}

/** Sorts a scope with a trailing star before everything that it covers. */
export function compareScopes(a: string, b: string): number {
  const left = a.endsWith('*') ? a.slice(0, -1) : a;
  const right = b.endsWith('*') ? b.slice(0, -1) : b;
  if (left !== right) return left < right ? -1 : 1;
  return Number(b.endsWith('*')) - Number(a.endsWith('*'));
}

/** The same permissions, sorted, without scopes that another one covers. */
export function normalizeScopes(scopes: Iterable<string>): string[] {
  const result: string[] = [];
  let prefix: string | undefined;
  for (const scope of [...scopes].toSorted(compareScopes)) {
    if (scope === result.at(-1) || (prefix !== undefined && scope.startsWith(prefix))) continue;
    result.push(scope);
    if (scope.endsWith('*')) prefix = scope.slice(0, -1);
  }
  return result;
}

/** Scopes indexed for many checks; a batch read checks a thousand in one request. */
export class ScopeSet {
  static readonly #known = new WeakMap<readonly string[], ScopeSet>();
  readonly #exact: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  private constructor(scopes: readonly string[]) {
    this.#exact = new Set(scopes);
    this.#prefixes = scopes.filter((scope) => scope.endsWith('*')).map((scope) => scope.slice(0, -1));
  }

  /** The set of these scopes. Cached by array, since expanded scopes are cached too. */
  static of(scopes: readonly string[]): ScopeSet {
    let set = ScopeSet.#known.get(scopes);
    if (!set) {
      set = new ScopeSet(scopes);
      ScopeSet.#known.set(scopes, set);
    }
    return set;
  }

  satisfies(expression: ScopeExpression): boolean {
    return this.missing(expression) === undefined;
  }

  /** The part of the expression that is not satisfied, as services show it; undefined if all of it is. */
  missing(expression: ScopeExpression): ScopeExpression | undefined {
    if (typeof expression === 'string') return this.#has(expression) ? undefined : expression;
    if ('AllOf' in expression) {
      const AllOf = expression.AllOf.flatMap((part) => this.missing(part) ?? []);
      return AllOf.length > 1 ? { AllOf } : AllOf[0];
    }
    const AnyOf: ScopeExpression[] = [];
    for (const part of expression.AnyOf) {
      const missing = this.missing(part);
      if (missing === undefined) return undefined;
      AnyOf.push(missing);
    }
    return AnyOf.length === 1 ? AnyOf[0] : { AnyOf };
  }

  #has(scope: string): boolean {
    return this.#exact.has(scope) || this.#prefixes.some((prefix) => scope.startsWith(prefix));
  }
}
