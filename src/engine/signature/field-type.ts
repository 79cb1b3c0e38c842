/**
 * The types a field may have. `object` with no fields is an open dictionary (`dict[str, Any]` in DSPy's grammar);
 * with fields it stands where Python DSPy would name a pydantic model.
 */
export type FieldType =
  | { readonly kind: 'str' | 'int' | 'float' | 'bool' | 'any' }
  /** A picture, as a reference to its bytes: something a model is shown, never something it writes. */
  | { readonly kind: 'image' }
  | { readonly kind: 'enum'; readonly values: readonly (string | number)[] }
  | { readonly kind: 'list'; readonly of: FieldType }
  | { readonly kind: 'dict'; readonly of: FieldType }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, FieldType>> }
  | { readonly kind: 'optional'; readonly of: FieldType }
