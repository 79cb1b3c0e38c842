/** Bounds on a value, by the names pydantic gives them. Lengths are in characters of a text or items of a list. */
export interface Constraints {
  readonly gt?: number
  readonly ge?: number
  readonly lt?: number
  readonly le?: number
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  /** A regular expression that a text must match, as JavaScript reads it. */
  readonly pattern?: string
  readonly allowInfNan?: boolean
}
