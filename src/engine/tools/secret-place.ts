/** Where the key store holds a secret: its name behind the origin that it goes to, and to no other. */
export function secretPlace(origin: string, name: string): string {
  return `${origin}#${name}`
}

/** The parts of such a place; undefined for that of a key, which has no name. */
export function readSecretPlace(place: string): { readonly origin: string; readonly name: string } | undefined {
  const at = place.indexOf('#')
  return at < 0 ? undefined : { origin: place.slice(0, at), name: place.slice(at + 1) }
}
