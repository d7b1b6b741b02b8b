/** A scope expression with `<parameters>`, as the API references publish them. */
export type ScopeTemplate =
  | string
  | { AllOf: readonly ScopeTemplate[] }
  | { AnyOf: readonly ScopeTemplate[] }
  /** One scope for each element of the array parameter `in`; only inside AllOf or AnyOf. */
  | { for: string; in: string; each: string };

export type ScopeExpression = string | { AllOf: ScopeExpression[] } | { AnyOf: ScopeExpression[] };

export type ScopeParameters = Readonly<Record<string, string | number | readonly string[]>>;

const PARAMETER = /<([a-zA-Z][a-zA-Z0-9_]*)>/g;

/** Fills in the parameters. Throws if one is missing, which is a bug in the service and not the request's fault. */
export function renderScopes(template: ScopeTemplate, parameters: ScopeParameters): ScopeExpression {
  if (typeof template === 'string') return renderScope(template, parameters);
  if ('AllOf' in template) return { AllOf: template.AllOf.flatMap((part) => renderPart(part, parameters)) };
  if ('AnyOf' in template) return { AnyOf: template.AnyOf.flatMap((part) => renderPart(part, parameters)) };
  throw new Error('a `for` needs an AllOf or AnyOf around it');
}

/**
 * True if the parameters of the URL can fill the whole template, so that scopes can be checked before anything else.
 */
export function needsOnly(template: ScopeTemplate, names: readonly string[]): boolean {
  if (typeof template === 'string') {
    return [...template.matchAll(PARAMETER)].every(([, name]) => name !== undefined && names.includes(name));
  }
  if ('AllOf' in template) return template.AllOf.every((part) => needsOnly(part, names));
  if ('AnyOf' in template) return template.AnyOf.every((part) => needsOnly(part, names));
  return false;
}

function renderPart(template: ScopeTemplate, parameters: ScopeParameters): ScopeExpression[] {
  if (typeof template === 'string' || !('for' in template)) return [renderScopes(template, parameters)];
  const values = parameters[template.in];
  if (!Array.isArray(values)) throw new Error(`scope parameter '${template.in}' must be an array`);
  const name = template.for;
  return values.map((value: string) => renderScope(template.each, { ...parameters, [name]: value }));
}

function renderScope(template: string, parameters: ScopeParameters): string {
  return template.replace(PARAMETER, (_, name: string) => {
    const value = parameters[name];
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new Error(`scope parameter '${name}' must be a string or number`);
    }
    return String(value);
  });
}
