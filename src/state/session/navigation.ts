import { navigate } from 'wouter/use-hash-location'

/** Goes to a screen; `path` is one of `paths`. */
export function goTo(path: string): void {
  navigate(path)
}

export function currentPath(): string {
  return window.location.hash.replace(/^#?\/?/, '/')
}
