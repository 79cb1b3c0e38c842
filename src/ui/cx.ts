import { cx as join } from 'class-variance-authority'

type ClassValue = string | false | null | undefined

/** Joins class names and drops what is falsy. */
export function cx(...classes: readonly ClassValue[]): string {
  return join(...classes)
}
