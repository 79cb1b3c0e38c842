import type { JsonObject } from '@/lib/json'

export type ExampleId = string
export type Values = JsonObject

/** A row matched to a program: what goes in, and what is known about the right answer (all other columns included). */
export interface Example {
  readonly id: ExampleId
  readonly inputs: Values
  readonly labels: Values
}
